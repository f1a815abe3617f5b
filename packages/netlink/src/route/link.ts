import { type Connection, isSystemError, openRoute } from '../connection.ts';
import type { Message } from '../wire/message.ts';
import { bridgePortData, LINK_HEAD, linkFields, linkHead, RTM_DELLINK, RTM_GETLINK } from './fields.ts';

/** A network interface, as `ip -d link` shows it. */
export interface Link {
  index: number;
  name: string;
  /** "bridge", "veth", "macvlan" …; undefined for a real card and for `lo`. */
  kind?: string;
  up: boolean;
  /** A cable is in: IFF_LOWER_UP. */
  carrier: boolean;
  loopback: boolean;
  /** Bytes. */
  mtu: number;
  mac?: string;
  /** Index of the bridge it is a port of. */
  master?: number;
  alias?: string;
  group: number;
  /** Index of the other end of a veth, of the link below a macvlan; in `peerNamespace` where that is set. */
  parent?: number;
  /** The kernel's number for the namespace of the other end (nsid); undefined: the same namespace. */
  peerNamespace?: number;
  /** Bytes; the largest segment that the stack hands to it (`gso_max_size`), and merges (`gro_max_size`). */
  gsoMaxSize?: number;
  groMaxSize?: number;
  gsoIpv4MaxSize?: number;
  groIpv4MaxSize?: number;
  /** Of how many segments the largest train consists (`gso_max_segs`): TCP keeps to it times the MSS of the route. */
  gsoMaxSegments?: number;
  /** The card's own limit, which the two above cannot pass. */
  tsoMaxSize?: number;
  /** As a bridge's port: does not reach other isolated ports. */
  isolated?: boolean;
  hairpin?: boolean;
  statistics?: LinkStatistics;
}

/** Counters since the link was made: struct rtnl_link_stats64. */
export interface LinkStatistics {
  rxPackets: number;
  txPackets: number;
  rxBytes: number;
  txBytes: number;
  rxErrors: number;
  txErrors: number;
  rxDropped: number;
  txDropped: number;
}

export const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_LOWER_UP = 0x10000;
/** Leaves the counters out of a dump: RTEXT_FILTER_SKIP_STATS. */
const SKIP_STATISTICS = 1 << 3;

/** All links, or those of a kind or on a bridge (the kernel filters). Without counters. */
export function listLinks(c: Connection, o: { kind?: string; master?: number } = {}): Link[] {
  const request = linkFields.encode({
    extended: SKIP_STATISTICS,
    master: o.master,
    information: o.kind ? { kind: o.kind } : undefined,
  });
  const messages = c.dump('RTM_GETLINK', RTM_GETLINK, Buffer.concat([linkHead({}), request]));
  // Kernels before 4.6 do not filter.
  return messages
    .map(decodeLink)
    .filter(({ kind, master }) => (!o.kind || kind === o.kind) && (!o.master || master === o.master));
}

/** @returns undefined where there is none of that name; with counters */
export function linkByName(c: Connection, name: string): Link | undefined {
  return getLink(c, name, linkHead({}), linkFields.encode({ name }));
}

export function linkByIndex(c: Connection, index: number): Link | undefined {
  return getLink(c, `index ${index}`, linkHead({ index }), Buffer.alloc(0));
}

function getLink(c: Connection, subject: string, head: Buffer, fields: Uint8Array): Link | undefined {
  try {
    const [message] = c.request(`RTM_GETLINK ${subject}`, RTM_GETLINK, 0, Buffer.concat([head, fields]));
    return message && decodeLink(message);
  } catch (error) {
    if (isSystemError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** `ip link del`; one end of a veth pair takes the other with it. @returns false where it was gone */
export function deleteLink(c: Connection, link: number | { name: string }): boolean {
  const [subject, head, fields] =
    typeof link === 'number'
      ? [`index ${link}`, linkHead({ index: link }), Buffer.alloc(0)]
      : [link.name, linkHead({}), linkFields.encode({ name: link.name })];
  try {
    c.request(`RTM_DELLINK ${subject}`, RTM_DELLINK, 0, Buffer.concat([head, fields]));
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENODEV')) return false;
    throw error;
  }
}

/**
 * Like `deleteLink`, on a connection and a thread of its own: the kernel lets the caller wait until no processor can see
 * the link any more (netdev_run_todo), 10 to 40 ms in which an engine has better things to do.
 */
export async function deleteLinkAside(name: string): Promise<boolean> {
  const c = openRoute();
  try {
    const body = Buffer.concat([linkHead({}), linkFields.encode({ name })]);
    await c.requestAside(`RTM_DELLINK ${name}`, RTM_DELLINK, 0, body);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENODEV')) return false;
    throw error;
  } finally {
    c.close();
  }
}

export function decodeLink({ body }: Message): Link {
  const flags = body.readUInt32LE(8);
  const fields = linkFields.decode(body.subarray(LINK_HEAD));
  const link: Link = {
    index: body.readInt32LE(4),
    name: fields.name ?? '',
    up: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_LOWER_UP) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    mtu: fields.mtu ?? 0,
    group: fields.group ?? 0,
  };
  return Object.assign(link, defined(optional(fields)));
}

function optional(fields: ReturnType<typeof linkFields.decode>) {
  const port = fields.information?.slaveKind === 'bridge' ? fields.information.slaveData : undefined;
  const settings = port && bridgePortData.decode(Buffer.from(port));
  return {
    kind: fields.information?.kind,
    mac: fields.mac,
    master: fields.master,
    alias: fields.alias,
    parent: fields.parent,
    peerNamespace: fields.peerNamespace,
    gsoMaxSize: fields.gsoMaxSize,
    groMaxSize: fields.groMaxSize,
    gsoIpv4MaxSize: fields.gsoIpv4MaxSize,
    groIpv4MaxSize: fields.groIpv4MaxSize,
    gsoMaxSegments: fields.gsoMaxSegments,
    tsoMaxSize: fields.tsoMaxSize,
    isolated: settings && settings.isolated === 1,
    hairpin: settings && settings.hairpin === 1,
    statistics: fields.statistics && decodeStatistics(fields.statistics),
  };
}

function decodeStatistics(counters: Uint8Array): LinkStatistics {
  const bytes = Buffer.from(counters);
  const at = (index: number) => Number(bytes.readBigUInt64LE(index * 8));
  const [rxPackets, txPackets, rxBytes, txBytes] = [at(0), at(1), at(2), at(3)];
  const [rxErrors, txErrors, rxDropped, txDropped] = [at(4), at(5), at(6), at(7)];
  return { rxPackets, txPackets, rxBytes, txBytes, rxErrors, txErrors, rxDropped, txDropped };
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
