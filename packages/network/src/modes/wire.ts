import type { Family, NetworkIntent } from '../intent.ts';
import type { Outside } from '../uplink.ts';

/** How large the frames of a network are, and how long the trains of segments that cross it in one piece. */
export interface Wire {
  /** Bytes: MTU of the links. The bridge's own, whatever it is, where absent. */
  mtu?: number;
  /** Bytes: the longest train (IFLA_GSO_MAX_SIZE and its kin). The kernel's default where absent. */
  offload?: number;
  /** What holds for what leaves by a default route; nothing of its own where absent. */
  outward?: Outward;
}

export interface Outward {
  /** Bytes: MTU of the default route of a family. */
  mtu: Record<Family, number>;
  /** Of how many segments a train consists at most (IFLA_GSO_MAX_SEGS). */
  segments: number;
}

/** Bytes. Nothing but memory lies between two containers; larger frames than these were slower again: decision 008. */
const INSIDE_MTU = 9000;
/** What every kernel and nearly every card takes: GSO_LEGACY_MAX_SIZE, include/linux/netdevice.h. */
const PLAIN_OFFLOAD = 65_536;
const LARGE_OFFLOAD = 262_144;
/** A host without an uplink may get one: what is true of most. */
const USUAL = { mtu: 1500, gsoMaxSize: PLAIN_OFFLOAD, gsoMaxSegments: 65_535 };
/** RFC 8200, section 5. */
const SMALLEST = { 4: 68, 6: 1280 } as const;

/**
 * Inside, the wire is ours: large frames, large trains. What leaves follows the uplink, by the route that it takes: TCP
 * sends min(longest train, segments × MSS) at once, and the MSS is that of the route. So neither the host nor the card
 * has to cut a train that a container made. A network with an MTU of its own is taken at its word, as Docker does.
 * @param foreign the bridge was there before the network, and keeps what it has
 */
export function wireOf(
  { driver, mtu, offload, internal }: NetworkIntent,
  outside: Outside,
  foreign = false,
): Wire {
  if (driver !== 'bridge') return { mtu };
  const trains = (bytes: number) => Math.min(offload ?? bytes, outside.largestOffload) || undefined;
  if (foreign) return { mtu, offload: trains(0) };
  if (mtu !== undefined) return { mtu, offload: trains(plain(outside)) };
  const wire = { mtu: INSIDE_MTU, offload: trains(LARGE_OFFLOAD) };
  return internal ? wire : { ...wire, outward: outwardOf(outside) };
}

/** As large as the uplink takes it, and never smaller than what a link has anyway. */
function plain(outside: Outside): number {
  const { gsoMaxSize } = outside[4] ?? outside[6] ?? USUAL;
  return Math.min(Math.max(gsoMaxSize, PLAIN_OFFLOAD), LARGE_OFFLOAD);
}

function outwardOf(outside: Outside): Outward {
  const by = { 4: outside[4] ?? outside[6] ?? USUAL, 6: outside[6] ?? outside[4] ?? USUAL };
  const mtu = (family: Family) => Math.max(Math.min(by[family].mtu, INSIDE_MTU), SMALLEST[family]);
  const segments = (family: Family) =>
    Math.min(Math.floor(by[family].gsoMaxSize / mtu(family)), by[family].gsoMaxSegments);
  return { mtu: { 4: mtu(4), 6: mtu(6) }, segments: Math.max(Math.min(segments(4), segments(6)), 1) };
}
