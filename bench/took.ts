/** What a step of the network took inside the daemon, from its debug log (packages/engine, network/took.ts). */
import { readFileSync } from 'node:fs';
import type { Contender } from './contender.ts';

/** For topics that read it. */
export const debugFlags = ['--log-level', 'debug'];

/** Milliseconds of each time that the step was done while `run` ran. */
export async function tookDuring(
  { log }: Contender,
  step: string,
  run: () => Promise<unknown>,
): Promise<number[]> {
  const before = linesOf(log).length;
  await run();
  const lines = linesOf(log).slice(before);
  return lines
    .filter((line) => line.includes(`msg="${step}"`))
    .map((line) => {
      return Number(/ took_ms=([\d.]+)/.exec(line)?.[1]);
    });
}

const linesOf = (log: string): string[] => readFileSync(log, 'utf8').split('\n');
