import { closeSync, openSync } from 'node:fs';
import { type Connection, openRoute } from '../connection.ts';
import { NLM_F_CREATE, NLM_F_ECHO, NLM_F_EXCL } from '../wire/message.ts';
import { changeLink } from './change.ts';
import {
  bridgeData,
  ipvlanData,
  linkFields,
  linkHead,
  macvlanData,
  RTM_NEWLINK,
  vethData,
} from './fields.ts';
import { decodeLink, IFF_UP, linkByName } from './link.ts';

/**
 * The group that a new link of ours carries until its alias is there. The kernel takes the group, not the alias, in the
 * message that creates a link (rtnl_create_link in net/core/rtnetlink.c): after a crash between the two, this number
 * ("pont") tells whose link it is.
 */
export const UNFINISHED_GROUP = 0x706f6e74;

/** A namespace: an open descriptor of it, or the path where it is mounted. */
export type Namespace = number | string;

export interface LinkSettings {
  name: string;
  /** The number that it is to have; the kernel's choice where absent. */
  index?: number;
  mac?: string;
  /** Bytes. */
  mtu?: number;
  up?: boolean;
  gsoMaxSize?: number;
  groMaxSize?: number;
  gsoIpv4MaxSize?: number;
  groIpv4MaxSize?: number;
  gsoMaxSegments?: number;
}

export interface NewLink extends LinkSettings {
  /** Set in a second message: see UNFINISHED_GROUP. */
  alias?: string;
  group?: number;
  /** Index of a bridge. */
  master?: number;
}

/** `ip link add NAME type bridge`. @returns its index @throws {SystemError} EEXIST */
export function createBridge(
  c: Connection,
  o: NewLink & { multicastSnooping?: boolean; callIptables?: boolean },
): number {
  const { multicastSnooping, callIptables, ...link } = o;
  const call = callIptables === undefined ? undefined : Number(callIptables);
  const snooping = multicastSnooping === undefined ? undefined : Number(multicastSnooping);
  const data = { multicastSnooping: snooping, callIptables: call, callIp6tables: call, callArptables: call };
  return create(c, link, { kind: 'bridge', data: bridgeData.encode(data) });
}

/**
 * `ip link add NAME type veth peer name PEER netns NS`, in one message: the other end is in its namespace from the
 * first moment, under its own name.
 */
export function createVeth(
  c: Connection,
  o: NewLink & { isolated?: boolean; hairpin?: boolean; peer: LinkSettings & { namespace: Namespace } },
): number {
  const { peer, isolated, hairpin, ...link } = o;
  return withDescriptor(peer.namespace, (namespace) => {
    const { index, up, namespace: _, ...settings } = peer;
    const head = linkHead({ index });
    const data = vethData.encode({ peer: [head, { ...settings, namespace }] });
    const made = create(c, link, { kind: 'veth', data }, { isolated, hairpin });
    if (up) bringUp(peer.name, namespace);
    return made;
  });
}

/** The kernel makes the peer first, and refuses to bring it up while it has none itself: ENOTCONN of veth_open. */
function bringUp(name: string, namespace: number): void {
  using inside = openRoute(`/proc/self/fd/${namespace}`);
  const index = linkByName(inside, name)?.index;
  if (index !== undefined) changeLink(inside, index, { up: true });
}

/** Modes of macvlan: include/uapi/linux/if_link.h, `ip-link(8)`. */
const MACVLAN_MODES = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
export type MacvlanModeName = keyof typeof MACVLAN_MODES;

/** `ip link add NAME link PARENT type macvlan mode MODE netns NS`. @throws {SystemError} ENOTSUP: CONFIG_MACVLAN */
export function createMacvlan(
  c: Connection,
  o: NewLink & { parent: number; mode: MacvlanModeName; namespace?: Namespace },
): void {
  const { parent, mode, namespace, ...link } = o;
  createBelow(c, { ...link, parent }, namespace, {
    kind: 'macvlan',
    data: macvlanData.encode({ mode: MACVLAN_MODES[mode] }),
  });
}

const IPVLAN_MODES = { l2: 0, l3: 1, l3s: 2 } as const;

/** `ip link add NAME link PARENT type ipvlan mode MODE netns NS`. @throws {SystemError} ENOTSUP: CONFIG_IPVLAN */
export function createIpvlan(
  c: Connection,
  o: NewLink & { parent: number; mode: keyof typeof IPVLAN_MODES; namespace?: Namespace },
): void {
  const { parent, mode, namespace, ...link } = o;
  createBelow(c, { ...link, parent }, namespace, {
    kind: 'ipvlan',
    data: ipvlanData.encode({ mode: IPVLAN_MODES[mode] }),
  });
}

/** `ip link add NAME type dummy`. */
export function createDummy(c: Connection, link: NewLink): number {
  return create(c, link, { kind: 'dummy' });
}

type Kind = { kind: string; data?: Uint8Array };

/** A link that may be born in another namespace, where this connection cannot see it: hence no index, no alias. */
function createBelow(
  c: Connection,
  link: NewLink & { parent: number },
  namespace: Namespace | undefined,
  information: Kind,
): void {
  if (namespace === undefined) {
    create(c, link, information);
    return;
  }
  withDescriptor(namespace, (descriptor) => request(c, { ...link, namespace: descriptor }, information));
}

function create(
  c: Connection,
  link: NewLink & { parent?: number },
  information: Kind,
  port: { isolated?: boolean; hairpin?: boolean } = {},
): number {
  const { alias, ...rest } = link;
  const group = alias === undefined ? link.group : UNFINISHED_GROUP;
  const index = request(c, { ...rest, group }, information) ?? linkByName(c, link.name)?.index;
  if (index === undefined) throw new Error(`link ${link.name} was made and is gone`);
  const finish = alias === undefined ? {} : { alias, group: link.group ?? 0 };
  if (alias !== undefined || port.isolated || port.hairpin) changeLink(c, index, { ...finish, ...port });
  return index;
}

/** @returns the new link's index, where the kernel echoes it (Linux 6.2 and later) */
function request(
  c: Connection,
  link: NewLink & { parent?: number; namespace?: number },
  information: Kind,
): number | undefined {
  const { index, up, alias: _, ...fields } = link;
  const head = linkHead({ index, ...upFlags(up) });
  const body = Buffer.concat([head, linkFields.encode({ ...fields, information })]);
  const flags = NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO;
  const answers = c.request(`RTM_NEWLINK ${link.name}`, RTM_NEWLINK, flags, body);
  return answers
    .filter(({ type }) => type === RTM_NEWLINK)
    .map(decodeLink)
    .find(({ name }) => name === link.name)?.index;
}

function upFlags(up: boolean | undefined): { flags?: number; change?: number } {
  return up ? { flags: IFF_UP, change: IFF_UP } : {};
}

export function withDescriptor<T>(namespace: Namespace, run: (descriptor: number) => T): T {
  if (typeof namespace === 'number') return run(namespace);
  const descriptor = openSync(namespace, 'r');
  try {
    return run(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
