import { formatPrefix, overlap, type Prefix, parsePrefix, prefix, sizeOf } from '../address.ts';

/** Networks of `size` bits of prefix are cut out of `base`, in order. */
export interface Pool {
  /** "172.17.0.0/16" */
  base: string;
  size: number;
}

/** Docker's own (moby, daemon/libnetwork/ipamutils), in its order: 172.17/16 to 172.31/16, then 192.168.x/20. */
export const DEFAULT_POOLS: Pool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

/**
 * The first subnet of the pools that overlaps with none of the taken ones (other networks, and routes of the host);
 * `undefined` where they are used up. `size`: a smaller subnet than the pools' own, as `--subnet 0.0.0.0/24` asks.
 */
export function firstFree(pools: Pool[], taken: Prefix[], size?: number): Prefix | undefined {
  for (const pool of pools) {
    const base = prefix(pool.base);
    const length = size ?? pool.size;
    if (length < base.length) continue;
    const found = firstFreeIn(base, length, taken);
    if (found) return found;
  }
  return undefined;
}

function firstFreeIn(base: Prefix, length: number, taken: Prefix[]): Prefix | undefined {
  const end = base.value + sizeOf(base);
  let candidate: Prefix = { ...base, length };
  while (candidate.value < end) {
    const obstacle = taken.find((other) => overlap(candidate, other));
    if (!obstacle) return candidate;
    // Past the obstacle at once: a /8 in the way must not be walked in steps of a /28.
    const step = sizeOf(candidate);
    const past = obstacle.value + sizeOf(obstacle);
    candidate = { ...candidate, value: ((past + step - 1n) / step) * step };
  }
  return undefined;
}

/** What a destination of a route stands for: nothing where it is the default route, or no prefix at all. */
export function takenBy(destination: string): Prefix[] {
  const parsed = parsePrefix(destination.includes('/') ? destination : `${destination}/32`);
  return parsed && parsed.length > 0 ? [parsed] : [];
}

/** Canonical text of a pool as `daemon.json` and `--default-address-pool` give it. */
export const formatPool = (pool: Pool): string => `${formatPrefix(prefix(pool.base))},size=${pool.size}`;
