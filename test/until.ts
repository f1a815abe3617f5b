/** Waiting for what will be true: tests await a condition, never a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is something other than undefined, false or an exception, and gives it back. The deadline
 * only says when to give up: it is far beyond what a slow machine needs.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadline_s = 30,
): Promise<T> {
  const end = performance.now() + deadline_s * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${deadline_s} s`, { cause: last });
    await sleep(20);
  }
}
