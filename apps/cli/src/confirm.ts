import { createInterface } from 'node:readline/promises';
import type { Context } from './verb.ts';

/** Asks before something is removed for good; only `y` is a yes. */
export async function confirm({ stdin, stdout }: Context, warning: string): Promise<boolean> {
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    const answer = await lines.question(`WARNING! ${warning}\nAre you sure you want to continue? [y/N] `);
    return answer.trim().toLowerCase() === 'y';
  } finally {
    lines.close();
  }
}
