import type { KeyPart, KeyType } from '@pontoon/netlink';
import { address, formatAddress, lastOf, type Prefix, parseAddress, prefix, within } from '../address.ts';
import type { EndpointIntent, Family, NetworkIntent, Protocol, PublishedPort } from '../intent.ts';

/** One field of a key or value, as the set's `typeof` names it. */
type Field = KeyPart;

/** An element of a set or map of the table `inet pontoon`. */
export interface SetElement {
  set: SetName;
  key: readonly Field[];
  /** The last of a range, field by field. */
  keyEnd?: readonly Field[];
  value?: readonly Field[];
}

const AT4 = ['ipv4', 'protocol', 'port'] as const;
const AT6 = ['ipv6', 'protocol', 'port'] as const;

/** All sets of ruleset.nft that the engine fills: the fields of their keys, and of the values of maps. */
export const SETS = {
  bridges: { key: ['interface'] },
  same_network: { key: ['interface', 'interface'] },
  talking: { key: ['interface', 'interface'] },
  internal: { key: ['interface'] },
  masqueraded: { key: ['interface', 'nfproto'] },
  source4: { key: ['interface'], value: ['ipv4'] },
  source6: { key: ['interface'], value: ['ipv6'] },
  unprotected: { key: ['interface', 'nfproto'] },
  routed: { key: ['interface', 'nfproto'] },
  open4: { key: AT4 },
  open6: { key: AT6 },
  closed: { key: ['nfproto'] },
  published4: { key: ['protocol', 'port'], value: ['ipv4', 'port'] },
  published6: { key: ['protocol', 'port'], value: ['ipv6', 'port'] },
  published4_at: { key: AT4, value: ['ipv4', 'port'] },
  published6_at: { key: AT6, value: ['ipv6', 'port'] },
  published4_range: { key: AT4, value: ['ipv4'] },
  published6_range: { key: AT6, value: ['ipv6'] },
  guarded4: { key: AT4 },
  guarded6: { key: AT6 },
  allowed4: { key: ['ipv4', ...AT4] },
  allowed6: { key: ['ipv6', ...AT6] },
} as const satisfies Record<string, { key: readonly KeyType[]; value?: readonly KeyType[] }>;
export type SetName = keyof typeof SETS;
export const SET_NAMES = Object.keys(SETS) as SetName[];

/** NFPROTO_IPV4 and NFPROTO_IPV6, include/uapi/linux/netfilter.h: what `meta nfproto` reads. */
const NFPROTO = { 4: 2, 6: 10 } as const;

const link = (value: string): Field => ({ type: 'interface', value });
const ip = (value: string): Field => ({ type: value.includes(':') ? 'ipv6' : 'ipv4', value });
const protocol = (value: Protocol): Field => ({ type: 'protocol', value });
const port = (value: number): Field => ({ type: 'port', value });
export const nfproto = (family: Family): Field => ({ type: 'nfproto', value: NFPROTO[family] });

export const gatewayMode = (network: NetworkIntent, family: Family) =>
  (family === 4 ? network.gatewayMode4 : network.gatewayMode6) ?? 'nat';

/** What a bridge network adds to the table while it exists. */
export function networkElements(network: NetworkIntent): SetElement[] {
  if (network.driver !== 'bridge') return [];
  const bridge = link(network.bridge);
  const families = [...new Set(network.subnets.map(({ family }) => family))];
  return [
    { set: 'bridges', key: [bridge] },
    { set: 'same_network', key: [bridge, bridge] },
    ...(network.icc ? [{ set: 'talking' as const, key: [bridge, bridge] }] : []),
    ...(network.internal ? [{ set: 'internal' as const, key: [bridge] }] : []),
    ...families.flatMap((family) => outward(network, family)),
  ];
}

function outward(network: NetworkIntent, family: Family): SetElement[] {
  const bridge = link(network.bridge);
  const mode = gatewayMode(network, family);
  if (mode === 'routed') return [{ set: 'routed', key: [bridge, nfproto(family)] }];
  if (mode === 'isolated' || network.internal) return [];
  const elements: SetElement[] =
    mode === 'nat-unprotected' ? [{ set: 'unprotected', key: [bridge, nfproto(family)] }] : [];
  if (!network.masquerade) return elements;
  const source = family === 4 ? network.hostAddress4 : network.hostAddress6;
  if (source) return [...elements, { set: `source${family}`, key: [bridge], value: [ip(source)] }];
  return [...elements, { set: 'masqueraded', key: [bridge, nfproto(family)] }];
}

/** What the published ports of an endpoint add. */
export function portElements(
  network: NetworkIntent,
  endpoint: Pick<EndpointIntent, 'addresses'>,
  ports: PublishedPort[],
): SetElement[] {
  return ports.flatMap((published) => {
    const family: Family = published.hostAddress.includes(':') ? 6 : 4;
    const inside = endpoint.addresses.find((candidate) => candidate.family === family)?.address;
    if (inside === undefined || network.internal) return [];
    if (gatewayMode(network, family) === 'routed') return [openElement(inside, published)];
    return [...translations(inside, published), ...guards(published)];
  });
}

function openElement(inside: string, { protocol: name, containerPort, count }: PublishedPort): SetElement {
  const key = (number: number) => [ip(inside), protocol(name), port(number)];
  const set = inside.includes(':') ? 'open6' : 'open4';
  return { set, key: key(containerPort), keyEnd: key(containerPort + count - 1) };
}

/** One interval for a range whose numbers are the same on both sides, however wide; else an element a port. */
function translations(inside: string, published: PublishedPort): SetElement[] {
  const { hostAddress, hostPort, containerPort, count } = published;
  const family = hostAddress.includes(':') ? 6 : 4;
  const name = protocol(published.protocol);
  if (count > 1 && hostPort === containerPort) {
    const [low, high] = span(hostAddress);
    const key = [ip(low), name, port(hostPort)];
    const keyEnd = [ip(high), name, port(hostPort + count - 1)];
    return [{ set: `published${family}_range`, key, keyEnd, value: [ip(inside)] }];
  }
  return Array.from({ length: count }, (_, offset): SetElement => {
    const value = [ip(inside), port(containerPort + offset)];
    const key = [name, port(hostPort + offset)];
    if (isEverywhere(hostAddress)) return { set: `published${family}`, key, value };
    return { set: `published${family}_at`, key: [ip(hostAddress), ...key], value };
  });
}

function guards({ allow, hostAddress, hostPort, count, protocol: name }: PublishedPort): SetElement[] {
  if (!allow) return [];
  const family = hostAddress.includes(':') ? 6 : 4;
  const [low, high] = span(hostAddress);
  const first = [ip(low), protocol(name), port(hostPort)];
  const last = [ip(high), protocol(name), port(hostPort + count - 1)];
  const sources = disjoint(allow.map(sourcePrefix).filter((source) => source.family === family));
  return [
    { set: `guarded${family}`, key: first, keyEnd: last },
    ...sources.map((source): SetElement => {
      const [from, to] = [formatAddress(source), formatAddress(lastOf(source))];
      return { set: `allowed${family}`, key: [ip(from), ...first], keyEnd: [ip(to), ...last] };
    }),
  ];
}

/** "198.51.100.0/24", or one address. */
function sourcePrefix(text: string): Prefix {
  const single = parseAddress(text);
  return single ? { ...single, length: single.family === 4 ? 32 : 128 } : prefix(text);
}

/** Prefixes nest or are disjoint; the kernel refuses overlapping intervals (nft_set_pipapo), so only the outermost stay. */
function disjoint(prefixes: Prefix[]): Prefix[] {
  const widest = [...prefixes].sort((a, b) => a.length - b.length);
  return widest.filter((one, index) => !widest.slice(0, index).some((outer) => within(outer, one)));
}

const isEverywhere = (hostAddress: string): boolean => hostAddress === '0.0.0.0' || hostAddress === '::';

/** First and last address that a host address of a published port stands for. */
function span(hostAddress: string): [string, string] {
  if (!isEverywhere(hostAddress)) return [hostAddress, hostAddress];
  return [hostAddress, formatAddress(lastOf({ ...address(hostAddress), length: 0 }))];
}

/** What an endpoint adds to the table: its published ports. */
export const endpointElements = (network: NetworkIntent, endpoint: EndpointIntent): SetElement[] =>
  portElements(network, endpoint, endpoint.ports);

/** The same element gives the same text; for comparisons and messages. */
export function describeElement({ set, key, keyEnd, value }: SetElement): string {
  const text = (fields: readonly Field[]) => fields.map((field) => `${field.value}`).join(' . ');
  const range = keyEnd ? ` to ${text(keyEnd)}` : '';
  return `${set} { ${text(key)}${range}${value ? ` : ${text(value)}` : ''} }`;
}
