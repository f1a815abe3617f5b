import { readFileSync, writeFileSync } from 'node:fs';
import { Fault, messageOf } from '@pontoon/fault';
import {
  addAddress,
  addRoute,
  type Connection,
  changeLink,
  createBridge,
  createMacvlan,
  createVeth,
  deleteLink,
  deleteLinkAside,
  type Link,
  linkByName,
  listLinks,
  openNetfilter,
  openRoute,
} from '@pontoon/netlink';
import { createNamespace, inNamespace, removeNamespace } from '@pontoon/sys';
import { formatAddress, lastOf, prefix } from './address.ts';
import { changeElements } from './firewall/change.ts';
import { describePlan, type Plan, type Step } from './plan.ts';

/** The sockets through which plans become true; those into namespaces live as long as one plan needs them. */
export class Kernel {
  readonly host: Connection = openRoute();
  readonly netfilter: Connection = openNetfilter();
  readonly #inside = new Map<string, Connection>();

  route(where: string | undefined): Connection {
    if (where === undefined) return this.host;
    const known = this.#inside.get(where);
    if (known) return known;
    const opened = inNamespace(where, openRoute);
    this.#inside.set(where, opened);
    return opened;
  }

  /** Links that are being deleted on another thread. */
  readonly going = new Set<string>();

  #queue: Promise<unknown> = Promise.resolve();

  /** Deletes a link of the host without waiting for it, one after the other; `report` hears of a failure. */
  deleteAside(name: string, report: (problem: string) => void): void {
    this.going.add(name);
    this.#queue = this.#queue
      .then(() => (this.going.has(name) ? deleteLinkAside(name) : undefined))
      .catch((error) => report(`remove link ${name}: ${messageOf(error)}`))
      .finally(() => this.going.delete(name));
  }

  /** To be called after each plan: a socket keeps its namespace alive. */
  leave(): void {
    for (const connection of this.#inside.values()) connection.close();
    this.#inside.clear();
  }

  close(): void {
    this.leave();
    this.host.close();
    this.netfilter.close();
  }
}

/** Makes a plan true, step by step; where one fails, those before it are undone in reverse. */
export function apply(kernel: Kernel, plan: Plan): void {
  const done: Step[] = [];
  try {
    for (const step of plan) {
      applyStep(kernel, step);
      done.push(step);
    }
  } catch (error) {
    undo(kernel, done);
    throw error;
  } finally {
    kernel.leave();
  }
}

/**
 * Takes a plan away, in reverse. It goes on where a step fails, and gives all that went wrong.
 * @param aside for tear-down that nobody looks at at once: veth pairs go on another thread, problems of which it hears
 */
export function undo(kernel: Kernel, plan: Plan, aside?: (problem: string) => void): string[] {
  const problems: string[] = [];
  for (const step of plan.toReversed()) {
    try {
      if (step.kind === 'namespace') kernel.leave();
      if (step.kind === 'veth' && aside) kernel.deleteAside(step.name, aside);
      else UNDO[step.kind](kernel, step as never);
    } catch (error) {
      problems.push(`remove ${nameOf(step)}: ${messageOf(error)}`);
    }
  }
  kernel.leave();
  return problems;
}

export function applyStep(kernel: Kernel, step: Step): void {
  try {
    DO[step.kind](kernel, step as never);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('internal', `set up ${nameOf(step)}: ${messageOf(error)}`, { cause: error });
  }
}

function nameOf(step: Step): string {
  const [first] = describePlan([step]);
  return first ? `${first.kind} ${first.subject} (${first.detail})` : step.kind;
}

type Verbs = { [Kind in Step['kind']]: (kernel: Kernel, step: Extract<Step, { kind: Kind }>) => void };

const DO: Verbs = {
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
  pair: (kernel, { name, peer, alias }) => {
    const other = { name: peer, namespace: OWN_NAMESPACE };
    if (!linkByName(kernel.host, name)) createVeth(kernel.host, { name, alias, up: true, peer: other });
    changeLink(kernel.host, need(kernel, undefined, peer).index, { up: true, alias });
    quieten(name);
    quieten(peer);
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
const UNDO: Verbs = {
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

export const within = <T>(where: string | undefined, run: () => T): T =>
  where === undefined ? run() : inNamespace(where, run);

/** "net.ipv4.conf.eth0.forwarding"; a "/" in place of a "." inside a link's name, as sysctl(8) has it. */
export const sysctlPath = (key: string): string =>
  `/proc/sys/${key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))}`;

/** @param optional a kernel without IPv6 or without bridge-netfilter has no such file */
export function writeSysctl(key: string, value: string, optional = key.startsWith('net.ipv6.')): void {
  try {
    writeFileSync(sysctlPath(key), value);
  } catch (error) {
    if (!optional) throw error;
  }
}

export function readSysctl(key: string): string | undefined {
  try {
    return readFileSync(sysctlPath(key), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The last address of an IPv4 subnet, as `ip address add … broadcast +` has it; /31 and /32 have none (RFC 3021). */
function broadcastOf(text: string): string | undefined {
  const subnet = prefix(text);
  return subnet.family === 4 && subnet.length < 31 ? formatAddress(lastOf(subnet)) : undefined;
}
