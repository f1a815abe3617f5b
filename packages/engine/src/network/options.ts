import { isIPv4 } from 'node:net';
import { Fault } from '@pontoon/fault';
import type { GatewayMode, MacvlanMode, NetworkIntent } from '@pontoon/network';

type Shape = Omit<NetworkIntent, 'id' | 'name' | 'driver' | 'subnets' | 'internal' | 'isDefault'>;

const PREFIX = 'com.docker.network.';
const GATEWAY_MODES: readonly string[] = ['nat', 'nat-unprotected', 'routed', 'isolated'];
const MACVLAN_MODES: readonly string[] = ['bridge', 'private', 'vepa', 'passthru'];
/** The smallest that IPv4 allows, RFC 791; the largest that the kernel gives a bridge: net/bridge/br_device.c. */
const MTU = { smallest: 68, largest: 65535 };

/**
 * Driver options (`-o`) of a bridge or macvlan network, checked.
 * @param standard the name of the bridge where none is given
 * @throws {Fault} invalid
 */
export function networkShape(driver: string, options: Record<string, string>, standard: string): Shape {
  const option = (name: string) => options[`${PREFIX}${name}`] || undefined;
  const mtu = readMtu(option('driver.mtu'));
  const prefix = option('container_iface_prefix');
  const common = {
    ...(mtu === undefined ? {} : { mtu }),
    ...(prefix ? { containerPrefix: linkName(prefix, 12) } : {}),
  };
  if (driver !== 'bridge') return { ...common, ...macvlan(options) };
  return {
    ...common,
    bridge: linkName(option('bridge.name') ?? standard, 15),
    icc: truth('bridge.enable_icc', option('bridge.enable_icc'), true),
    masquerade: truth('bridge.enable_ip_masquerade', option('bridge.enable_ip_masquerade'), true),
    ...present('hostBinding', hostBinding(option('bridge.host_binding_ipv4'))),
    ...present('gatewayMode4', gatewayMode(option('bridge.gateway_mode_ipv4'))),
    ...present('gatewayMode6', gatewayMode(option('bridge.gateway_mode_ipv6'))),
    ...present('hostAddress4', option('host_ipv4')),
    ...present('hostAddress6', option('host_ipv6')),
    ...present('offload', readNumber('pontoon.offload', options['pontoon.offload'])),
  };
}

function macvlan(options: Record<string, string>): Shape {
  const mode = options.macvlan_mode ?? 'bridge';
  if (!MACVLAN_MODES.includes(mode))
    throw new Fault('invalid', `unknown macvlan mode ${mode}: it is one of ${MACVLAN_MODES.join(', ')}`);
  return {
    ...{ bridge: '', icc: true, masquerade: false, macvlanMode: mode as MacvlanMode },
    ...present('parent', options.parent),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}

function hostBinding(text: string | undefined): string | undefined {
  if (text === undefined || text === '' || isIPv4(text)) return text;
  const name = 'com.docker.network.bridge.host_binding_ipv4';
  throw new Fault('invalid', `failed to parse ${name} value: ${text} (nil ip)`);
}

function gatewayMode(text: string | undefined): GatewayMode | undefined {
  if (text === undefined || GATEWAY_MODES.includes(text)) return text as GatewayMode | undefined;
  throw new Fault('invalid', `unknown gateway mode ${text}: it is one of ${GATEWAY_MODES.join(', ')}`);
}

function truth(name: string, text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (['1', 't', 'true'].includes(text.toLowerCase())) return true;
  if (['0', 'f', 'false'].includes(text.toLowerCase())) return false;
  const why = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new Fault('invalid', `failed to parse com.docker.network.${name} value: ${text} (${why})`);
}

function readMtu(text: string | undefined): number | undefined {
  const mtu = readNumber('com.docker.network.driver.mtu', text);
  if (mtu !== undefined && (mtu < MTU.smallest || mtu > MTU.largest))
    throw new Fault('invalid', `invalid MTU ${mtu}: it is from ${MTU.smallest} to ${MTU.largest}`);
  return mtu;
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new Fault('invalid', `failed to parse ${name} value: ${text} (${why})`);
  }
  return Number(text);
}

/** As the kernel's dev_valid_name, net/core/dev.c. */
function linkName(text: string, longest: number): string {
  if (text.length > longest || /[\s/:]/.test(text) || text === '.' || text === '..')
    throw new Fault('invalid', `invalid interface name "${text}": it has at most ${longest} characters`);
  return text;
}
