/** Numbers: alternating rounds, medians, ratios. */

/** Seconds that something takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return (performance.now() - began) / 1000;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Measures each subject once a round, one after the other, so that whatever else the machine does falls on all alike.
 * Answers with the medians.
 */
export async function alternate<T extends { name: string }>(
  subjects: T[],
  rounds: number,
  measure: (subject: T) => Promise<number>,
): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) samples.get(subject.name)?.push(await measure(subject));
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}
