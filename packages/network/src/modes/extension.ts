import { Fault } from '@pontoon/fault';
import type { NetworkIntent } from '../intent.ts';
import { aliasOf, type Owner } from '../names.ts';
import type { Plan } from '../plan.ts';
import type { Wire } from './wire.ts';

/**
 * A kernel's bridge has 1023 ports (BR_MAX_PORTS, net/bridge/br_private.h). What a network has beyond that is on further
 * bridges, each joined by one cable to the first, which keeps the gateway: a star, so nothing can go in circles.
 */
export const ROOM = {
  /** Endpoints on the network's own bridge: the other ports are for the cables, and for what a user puts there. */
  own: 960,
  /** On each further one: all but the cable. */
  extension: 1022,
  /** How many further ones there may be. */
  extensions: 63,
} as const;

/** The bridge that an endpoint is a port of. @param extension 1 … 63; the network's own bridge where absent */
export const bridgeOf = ({ id, bridge }: NetworkIntent, extension: number | undefined): string =>
  extension === undefined ? bridge : linkName('br', extension, id);

/**
 * A further bridge of a network, and the cable to its own one. Where containers may not talk to each other (icc=false) all
 * their ports are isolated, and isolated ports reach only such that are not. So the cable's end on the network's own bridge
 * is isolated and that on the further bridge is not: the gateway is reached from everywhere, and nobody else from anywhere.
 */
export function extensionPlan(network: NetworkIntent, extension: number, owner: Owner, wire: Wire): Plan {
  const { mtu, offload } = wire;
  const bridge = bridgeOf(network, extension);
  const alias = aliasOf(owner, network.id);
  return [
    { kind: 'bridge', name: bridge, alias, mtu, offload },
    ...framesOnly(bridge),
    { kind: 'up', link: bridge },
    {
      ...{ kind: 'pair', alias, mtu, offload },
      ...{ name: linkName('dn', extension, network.id), bridge: network.bridge, isolated: !network.icc },
      ...{ peer: linkName('up', extension, network.id), peerBridge: bridge },
    },
  ];
}

/**
 * The host is on the network's own bridge. On a further one, which floods to it as any bridge does, it must stay silent: it
 * would answer the containers' ARP with the wrong MAC (arp_ignore), and hear each broadcast twice (rp_filter drops what
 * belongs to another link; Documentation/networking/ip-sysctl.rst).
 */
const framesOnly = (bridge: string): Plan => [
  { kind: 'sysctl', key: `net.ipv4.conf.${bridge}.arp_ignore`, value: '8' },
  { kind: 'sysctl', key: `net.ipv4.conf.${bridge}.rp_filter`, value: '1' },
  { kind: 'sysctl', key: `net.ipv6.conf.${bridge}.disable_ipv6`, value: '1' },
];

/**
 * The first bridge of a network that has room for one more endpoint.
 * @param ports how many each has: the network's own (0), the further ones by their number
 * @returns undefined: the network's own
 */
export function bridgeWithRoom(network: NetworkIntent, ports: Map<number, number>): number | undefined {
  if ((ports.get(0) ?? 0) < ROOM.own) return undefined;
  for (let extension = 1; extension <= ROOM.extensions; extension++)
    if ((ports.get(extension) ?? 0) < ROOM.extension) return extension;
  throw new Fault('conflict', `network ${network.name} is full: no bridge of it has a port left`);
}

/** At most 15 characters: IFNAMSIZ. */
const linkName = (kind: string, extension: number, id: string): string =>
  `${kind}${extension}-${id.slice(0, 10)}`;
