import { isDeepStrictEqual } from 'node:util';
import { type Connection, type Link, linkByIndex, listRoutes } from '@pontoon/netlink';
import type { Family } from './intent.ts';

/** The link of a default route of the host, and what it takes at once. */
export interface Uplink {
  name: string;
  /** Bytes: of the link, or of the route where that says less. */
  mtu: number;
  /** Bytes: the longest train of segments. */
  gsoMaxSize: number;
  /** The same in segments. */
  gsoMaxSegments: number;
}

/** What lies outside of the engine's networks, by family; a family without a default route has no uplink. */
export interface Outside {
  4?: Uplink;
  6?: Uplink;
  /** Bytes: the longest train that links made by this kernel can carry; 65536 before Linux 5.19. */
  largestOffload: number;
}

/** GSO_LEGACY_MAX_SIZE and GSO_MAX_SEGS, include/linux/netdevice.h. */
const LEGACY = { size: 65_536, segments: 65_535 } as const;
/** LOOPBACK_IFINDEX, include/net/flow.h: 1 in every namespace. */
const LOOPBACK = 1;

export function lookOutside(host: Connection): Outside {
  const outside: Outside = { largestOffload: linkByIndex(host, LOOPBACK)?.tsoMaxSize ?? LEGACY.size };
  for (const family of [4, 6] as const) {
    const uplink = findUplink(host, family);
    if (uplink) outside[family] = uplink;
  }
  return outside;
}

export const sameOutside = (one: Outside, other: Outside): boolean => isDeepStrictEqual(one, other);

/** Of several default routes the one that the kernel takes first. */
function findUplink(host: Connection, family: Family): Uplink | undefined {
  const [first] = listRoutes(host, { family })
    .filter(({ destination, link }) => /^(0\.0\.0\.0|::)\/0$/.test(destination) && link !== undefined)
    .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  const link = first?.link === undefined ? undefined : linkByIndex(host, first.link);
  if (!first || !link) return undefined;
  return {
    ...{ name: link.name, mtu: Math.min(link.mtu, first.mtu ?? link.mtu) },
    ...{ gsoMaxSize: longestTrain(link, family), gsoMaxSegments: link.gsoMaxSegments ?? LEGACY.segments },
  };
}

/** Since Linux 6.3 a link has a limit for IPv4 of its own; before that IPv4 never passed the old one. */
function longestTrain({ gsoMaxSize = LEGACY.size, gsoIpv4MaxSize }: Link, family: Family): number {
  return family === 6 ? gsoMaxSize : (gsoIpv4MaxSize ?? Math.min(gsoMaxSize, LEGACY.size));
}
