import { randomBytes } from 'node:crypto';
import { Fault } from '@pontoon/fault';
import { type EndpointIntent, macOf, type NetworkIntent, type PortRequest } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ConnectionRecord, ContainerRecord, NetworkRecord } from '../record.ts';
import { exposedRequests, portRequests } from './ports.ts';

const SYSCTLS = 'com.docker.network.endpoint.sysctls';
const INTERFACE = 'com.docker.network.endpoint.ifname';

/** A network that the kernel holds something for, as one of a container's. */
export interface Joined {
  network: NetworkRecord & { intent: NetworkIntent };
  connection: ConnectionRecord;
}

/** @throws {Fault} not-found, for a network that was removed since the container was made */
export function joinedNetworks(engine: Engine, { networks }: ContainerRecord): Joined[] {
  return networks.flatMap((connection) => {
    const network = engine.store.networks.get(connection.networkId);
    if (!network) throw new Fault('not-found', `network ${connection.networkId} not found`);
    return network.intent ? [{ network: { ...network, intent: network.intent }, connection }] : [];
  });
}

/** Addresses and names of a new endpoint; nothing is in the kernel, or on record, yet. */
export function allocateEndpoint(engine: Engine, record: ContainerRecord, joined: Joined): EndpointIntent {
  const { network, connection } = joined;
  const { settings } = connection;
  const addresses = allocateAddresses(engine, joined);
  const id = randomBytes(32).toString('hex');
  const extension = engine.network.assignBridge(network.intent);
  const v4 = addresses.find(({ family }) => family === 4)?.address;
  const name =
    settings.DriverOpts?.[INTERFACE] ?? freeInterface(record, network.intent.containerPrefix ?? 'eth');
  return {
    ...{ id, networkId: network.id, containerId: record.id, interface: name, addresses, ports: [] },
    hostLink: network.driver === 'bridge' ? `veth${id.slice(0, 7)}` : '',
    ...(extension === undefined ? {} : { extension }),
    mac: settings.MacAddress || (v4 ? macOf(v4) : randomMac()),
    ...(settings.DriverOpts?.[SYSCTLS] ? { sysctls: readSysctls(settings.DriverOpts[SYSCTLS]) } : {}),
    ...(settings.IPAMConfig?.LinkLocalIPs?.length ? { linkLocal: settings.IPAMConfig.LinkLocalIPs } : {}),
  };
}

function allocateAddresses(engine: Engine, { network, connection }: Joined): EndpointIntent['addresses'] {
  const { IPv4Address, IPv6Address } = connection.settings.IPAMConfig ?? {};
  const done: EndpointIntent['addresses'] = [];
  try {
    for (const { family, subnet } of network.intent.subnets) {
      const wanted = family === 4 ? IPv4Address : IPv6Address;
      const address = engine.network.assignAddress(network.intent, family, wanted || undefined);
      done.push({ family, address, prefixLength: Number(subnet.split('/')[1]) });
    }
    return done;
  } catch (error) {
    for (const { address } of done) engine.network.releaseAddress(network.intent, address);
    throw error;
  }
}

/** eth0, eth1, …: the first that the container does not have. */
export function freeInterface(record: ContainerRecord, prefix: string): string {
  const taken = [...record.endpoints, ...record.attachments].map((endpoint) => endpoint.interface);
  for (let index = 0; ; index++) {
    if (!taken.includes(`${prefix}${index}`)) return `${prefix}${index}`;
  }
}

/** Locally administered, of one station: IEEE 802, the two lowest bits of the first octet. */
function randomMac(): string {
  const bytes = randomBytes(6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 2;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.IFNAME.accept_ra=2" */
function readSysctls(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((item) => {
      const [key = '', ...value] = item.split('=');
      if (!key.startsWith('net.') || value.length === 0)
        throw new Fault('invalid', `unable to parse sysctls: ${item}`);
      return [key, value.join('=')];
    }),
  );
}

export function releaseEndpoint(engine: Engine, endpoint: EndpointIntent): void {
  const intent = engine.store.networks.get(endpoint.networkId)?.intent;
  for (const { address } of endpoint.addresses) if (intent) engine.network.releaseAddress(intent, address);
  if (endpoint.ports.length > 0) engine.network.releasePorts(endpoint.ports);
}

/**
 * Which endpoint carries the default route of each family, and with that of IPv4 the published ports: that with the
 * highest priority (`--gw-priority`), rather one of both families, the first by the name of its network; never one of an
 * internal network. The order is that of libnetwork's Endpoint.Less, for each family by itself since moby#52328.
 * @returns the endpoints with their gateways set
 */
export function chooseGateways(endpoints: EndpointIntent[], joined: Joined[]): EndpointIntent[] {
  const order = joined
    .filter(({ network }) => !network.intent.internal)
    .sort((a, b) => priority(b) - priority(a) || families(b) - families(a) || byName(a, b));
  const carrier = (family: 4 | 6) =>
    order.find(({ network }) => gatewayOf(network.intent, family) !== '')?.network.id;
  const carriers = { 4: carrier(4), 6: carrier(6) };
  return endpoints.map(({ gateway4: _4, gateway6: _6, ...endpoint }) => {
    const intent = joined.find(({ network }) => network.id === endpoint.networkId)?.network.intent;
    const gateway = (family: 4 | 6) =>
      intent && carriers[family] === intent.id ? gatewayOf(intent, family) : '';
    return {
      ...endpoint,
      ...(gateway(4) ? { gateway4: gateway(4) } : {}),
      ...(gateway(6) ? { gateway6: gateway(6) } : {}),
    };
  });
}

const priority = ({ connection }: Joined) => connection.settings.GwPriority ?? 0;
const families = ({ network: { intent } }: Joined) =>
  Number(gatewayOf(intent, 4) !== '') + Number(gatewayOf(intent, 6) !== '');
const byName = (a: Joined, b: Joined) => (a.network.name < b.network.name ? -1 : 1);

function gatewayOf(intent: NetworkIntent, family: 4 | 6): string {
  return intent.subnets.find((subnet) => subnet.family === family)?.gateway ?? '';
}

/** What the container wants published. @throws {Fault} invalid */
export function wantedPorts({ config, hostConfig }: ContainerRecord): PortRequest[] {
  const bindings = hostConfig.PortBindings ?? {};
  const exposed = hostConfig.PublishAllPorts ? exposedRequests(config.ExposedPorts ?? {}, bindings) : [];
  return [...portRequests(bindings), ...exposed];
}

/** Of several endpoints, the one that published ports lead to. */
export function publishingEndpoint(engine: Engine, endpoints: EndpointIntent[]): EndpointIntent | undefined {
  const bridged = endpoints.filter(({ networkId }) => {
    const intent = engine.store.networks.get(networkId)?.intent;
    return intent?.driver === 'bridge' && !intent.internal;
  });
  return bridged.find(({ gateway4, gateway6 }) => gateway4 || gateway6) ?? bridged[0];
}
