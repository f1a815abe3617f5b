import { isIPv4, isIPv6 } from 'node:net';
import type { ContainerCreateBody, EndpointSettings } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ConnectionRecord, NetworkRecord } from '../record.ts';
import { refuseConnection } from './configuration.ts';
import { requireNetwork } from './find.ts';

/**
 * The networks that a new container is to be on, checked: that of its mode first, then the others of NetworkingConfig.
 * @throws {Fault} with Docker's texts
 */
export function planEndpoints(engine: Engine, body: ContainerCreateBody): ConnectionRecord[] {
  const mode = parseMode(body.HostConfig?.NetworkMode ?? '');
  const wanted = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {});
  if (mode.kind === 'container') {
    refuseAddresses(wanted);
    return [];
  }
  const main = requireNetwork(engine, mode.kind === 'network' ? mode.network : mode.kind);
  const all = wanted.map(([ref, settings]) => ({
    network: requireNetwork(engine, ref === 'default' ? 'bridge' : ref),
    settings: settings ?? {},
  }));
  const own = all.find(({ network }) => network === main) ?? { network: main, settings: {} };
  const mac = own.settings.MacAddress || body.MacAddress;
  const first = { network: main, settings: { ...own.settings, ...(mac ? { MacAddress: mac } : {}) } };
  const others = all.filter(({ network }) => network !== main);
  if (others.length > 0) refuseMixing(main, others);
  return [first, ...others].map(({ network, settings }) => connectionTo(network, settings));
}

/** One connection, checked. @throws {Fault} invalid */
export function connectionTo(network: NetworkRecord, settings: EndpointSettings): ConnectionRecord {
  refuseConnection(network);
  const { IPv4Address, IPv6Address } = settings.IPAMConfig ?? {};
  if (IPv4Address && !isIPv4(IPv4Address)) throw new Fault('invalid', `invalid IPv4 address: ${IPv4Address}`);
  if (IPv6Address && !isIPv6(IPv6Address)) throw new Fault('invalid', `invalid IPv6 address: ${IPv6Address}`);
  if (settings.MacAddress) checkMac(settings.MacAddress);
  const predefined = ['bridge', 'host', 'none'].includes(network.name);
  if (settings.Aliases?.length && predefined && network.name !== 'none')
    throw new Fault(
      'invalid',
      'network-scoped alias is supported only for containers in user defined networks',
    );
  if ((IPv4Address || IPv6Address) && predefined)
    throw new Fault('invalid', 'user specified IP address is supported on user defined networks only');
  if ((IPv4Address || IPv6Address) && !hasUserSubnets(network)) {
    const where = 'only when connecting to networks with user configured subnets';
    throw new Fault('invalid', `user specified IP address is supported ${where}`);
  }
  return { networkId: network.id, settings: requested(settings) };
}

const hasUserSubnets = ({ ipam }: NetworkRecord) => (ipam.Config ?? []).some(({ Subnet }) => Subnet);

/** What is the client's to choose; the rest of the shape is told in answers only. */
function requested(settings: EndpointSettings): EndpointSettings {
  const { IPAMConfig, Links, MacAddress, Aliases, DriverOpts, GwPriority } = settings;
  return {
    ...(IPAMConfig ? { IPAMConfig } : {}),
    ...(Links ? { Links } : {}),
    ...(MacAddress ? { MacAddress: MacAddress.toLowerCase().replaceAll('-', ':') } : {}),
    ...(Aliases ? { Aliases } : {}),
    ...(DriverOpts ? { DriverOpts } : {}),
    ...(GwPriority ? { GwPriority } : {}),
  };
}

function checkMac(text: string): void {
  const parts = text.split(/[:-]/);
  if (parts.length !== 6 || !parts.every((part) => /^[0-9a-fA-F]{2}$/.test(part)))
    throw new Fault('invalid', `invalid MAC address: ${text}`);
  if (Number.parseInt(parts[0] ?? '0', 16) & 1)
    throw new Fault('invalid', `invalid MAC address: ${text}: it is a multicast address`);
}

function refuseAddresses(wanted: [string, EndpointSettings | null][]): void {
  for (const [, settings] of wanted) {
    const { IPv4Address, IPv6Address } = settings?.IPAMConfig ?? {};
    if (IPv4Address || IPv6Address)
      throw new Fault('invalid', 'user specified IP address is supported on user defined networks only');
    if (settings?.Aliases?.length)
      throw new Fault(
        'invalid',
        'network-scoped alias is supported only for containers in user defined networks',
      );
  }
}

/** moby, runconfig/errors.go */
function refuseMixing(main: NetworkRecord, others: { network: NetworkRecord }[]): void {
  if (main.name === 'none' || others.some(({ network }) => network.name === 'none'))
    throw new Fault(
      'invalid',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  if (main.name === 'host' || others.some(({ network }) => network.name === 'host'))
    throw new Fault(
      'invalid',
      'container cannot be disconnected from host network or connected to host network',
    );
}
