/** Choices that a seed repeats. */
export interface Random {
  /** 0 ≤ n < below, a whole number. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
  /** True once in so many times. */
  once(times: number): boolean;
}

/** mulberry32: 32 bits of state, more than enough to reach every corner. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(values: readonly T[]): T => values[below(values.length)] as T,
    once: (times) => below(times) === 0,
  };
}
