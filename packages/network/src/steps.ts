import { Fault } from '@pontoon/fault';
import {
  addAddress,
  addRoute,
  changeLink,
  createBridge,
  createMacvlan,
  createVeth,
  deleteLink,
  type Link,
  linkByName,
  listLinks,
} from '@pontoon/netlink';
import { createNamespace, inNamespace, removeNamespace } from '@pontoon/sys';
import { formatAddress, lastOf, prefix } from './address.ts';
import { changeElements } from './firewall/change.ts';
import type { Kernel } from './kernel.ts';
import type { Step } from './plan.ts';
import { within, writeSysctl } from './sysctl.ts';

/** A verb for each kind of step: one that is missing does not compile. */
type Verbs = { [Kind in Step['kind']]: (kernel: Kernel, step: Extract<Step, { kind: Kind }>) => void };

export const DO: Verbs = {
  namespace: (_, { path, ipv6 }) => {
    createNamespace(path);
    inNamespace(path, () => prepareNamespace(ipv6));
  },
  bridge: (kernel, { adopt, mtu, offload: _, kind: __, ...bridge }) => {
    const present = linkByName(kernel.host, bridge.name);
    if (!present) {
      const index = createBridge(kernel.host, bridge);
      // Set afterwards it lasts; given at birth it would follow the smallest port, and go with the last: br_mtu_auto_adjust.
      if (mtu !== undefined) changeLink(kernel.host, index, { mtu });
      return;
    }
    if (!adopt && present.alias !== bridge.alias)
      throw new Fault(
        'conflict',
        `bridge ${bridge.name}: a link of that name exists and is not this network's`,
      );
    if (adopt && present.kind !== 'bridge')
      throw new Fault('invalid', `${bridge.name} is not a bridge: it is a ${present.kind ?? 'device'}`);
  },
  veth: (kernel, step) => {
    const { name, alias, isolated, inside } = step;
    const bridge = need(kernel, undefined, step.bridge);
    const master = bridge.index;
    const size = { mtu: step.mtu ?? bridge.mtu, ...limits(step.offload) };
    const gsoMaxSegments = step.segments;
    if (kernel.going.delete(name)) deleteLink(kernel.host, { name });
    createVeth(kernel.host, {
      ...{ name, alias, master, isolated, up: true, ...size },
      peer: { name: inside.name, namespace: inside.namespace, mac: inside.mac, ...size, gsoMaxSegments },
    });
    quieten(name);
    raiseLimit(kernel, bridge, step.offload);
  },
  pair: (kernel, { name, peer, alias, isolated, ...step }) => {
    const size = { mtu: step.mtu, ...limits(step.offload) };
    const master = step.bridge && need(kernel, undefined, step.bridge).index;
    const other = step.peerBridge && need(kernel, undefined, step.peerBridge);
    if (!linkByName(kernel.host, name)) {
      const link = { name, alias, up: true, ...size, ...(master ? { master, isolated } : {}) };
      createVeth(kernel.host, { ...link, peer: { name: peer, namespace: OWN_NAMESPACE, ...size } });
    }
    const end = { up: true, alias, ...(other ? { master: other.index } : {}) };
    changeLink(kernel.host, need(kernel, undefined, peer).index, end);
    quieten(name);
    quieten(peer);
    if (other) raiseLimit(kernel, other, step.offload);
  },
  macvlan: (kernel, { parent, mode, alias, mtu, inside }) => {
    const { index } = need(kernel, undefined, parent);
    createMacvlan(kernel.host, { ...inside, parent: index, mode, alias, mtu, up: true });
  },
  up: (kernel, { where, link }) =>
    changeLink(kernel.route(where), need(kernel, where, link).index, { up: true }),
  address: (kernel, { where, link, address, prefixLength }) => {
    const { index } = need(kernel, where, link);
    const broadcast = broadcastOf(`${address}/${prefixLength}`);
    const wanted = { link: index, address, prefixLength, broadcast, noDad: true, replace: true };
    addAddress(kernel.route(where), wanted);
  },
  route: (kernel, { where, link, destination, gateway, mtu }) => {
    const { index } = need(kernel, where, link);
    addRoute(kernel.route(where), { destination, gateway, link: index, mtu, replace: true });
  },
  sysctl: (_, { where, key, value }) => within(where, () => writeSysctl(key, value)),
  elements: (kernel, { elements }) => changeElements(kernel.netfilter, [{ verb: 'add', elements }]),
};

/** What stands on a link (addresses, routes, settings) goes with the link, so only links and elements are undone. */
export const UNDO: Verbs = {
  namespace: (_, { path }) => removeNamespace(path),
  bridge: (kernel, { name, alias, adopt }) => {
    const link = linkByName(kernel.host, name);
    if (link?.alias !== alias) return;
    if (adopt && listLinks(kernel.host, { master: link.index }).length > 0) return;
    deleteLink(kernel.host, link.index);
  },
  veth: (kernel, { name }) => void deleteLink(kernel.host, { name }),
  pair: (kernel, { name }) => void deleteLink(kernel.host, { name }),
  macvlan: (kernel, { inside }) => void deleteLink(kernel.route(inside.namespace), { name: inside.name }),
  up: () => {},
  address: () => {},
  route: () => {},
  sysctl: () => {},
  elements: (kernel, { elements }) => changeElements(kernel.netfilter, [{ verb: 'delete', elements }]),
};

export function need(kernel: Kernel, where: string | undefined, name: string): Link {
  if (name === 'lo') return LOOPBACK;
  const link = linkByName(kernel.route(where), name);
  if (!link) throw new Fault('internal', `link ${name} does not exist${where ? ` in ${where}` : ''}`);
  return link;
}

const OWN_NAMESPACE = '/proc/thread-self/ns/net';

/** LOOPBACK_IFINDEX, include/net/flow.h: 1 in every namespace. */
const LOOPBACK = { index: 1, name: 'lo' } as Link;

/** After a port came: a bridge's limit cannot pass those of its ports, and is small without any (br_set_gso_limits). */
export function raiseLimit(kernel: Kernel, bridge: Link, offload: number | undefined): void {
  if (offload && bridge.gsoMaxSize !== offload) changeLink(kernel.host, bridge.index, limits(offload));
}

/** The four limits of a link that say how long a train of segments may be. */
export const limits = (bytes: number | undefined) =>
  bytes === undefined
    ? {}
    : { gsoMaxSize: bytes, groMaxSize: bytes, gsoIpv4MaxSize: bytes, groIpv4MaxSize: bytes };

/**
 * What holds for each link that is still to come: without an IPv6 network no link-local address, as in Docker; with one
 * no duplicate address detection, which would hold a new address back for a second, and no autoconfiguration.
 */
function prepareNamespace(ipv6: boolean): void {
  writeSysctl('net.ipv6.conf.default.disable_ipv6', ipv6 ? '0' : '1');
  if (!ipv6) return;
  writeSysctl('net.ipv6.conf.default.accept_dad', '0');
  writeSysctl('net.ipv6.conf.default.accept_ra', '0');
}

/** The host's end carries frames only: no link-local address, no multicast reports from it. */
function quieten(name: string): void {
  writeSysctl(`net.ipv6.conf.${name}.disable_ipv6`, '1');
}

/** The last address of an IPv4 subnet, as `ip address add … broadcast +` has it; /31 and /32 have none (RFC 3021). */
function broadcastOf(text: string): string | undefined {
  const subnet = prefix(text);
  return subnet.family === 4 && subnet.length < 31 ? formatAddress(lastOf(subnet)) : undefined;
}
