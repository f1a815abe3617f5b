import { messageOf } from '@pontoon/fault';
import type { Context } from './verb.ts';

/** Does the same to each name, prints those that went well (unless the answer is null), and goes on where one fails. The answer is the exit status. */
export async function forEach(
  { stdout, stderr }: Context,
  names: string[],
  act: (name: string) => Promise<unknown>,
): Promise<number> {
  let status = 0;
  for (const name of names) {
    try {
      const said = await act(name);
      if (said !== null) stdout.write(`${typeof said === 'string' ? said : name}\n`);
    } catch (error) {
      stderr.write(`pontoon: ${messageOf(error)}\n`);
      status = 1;
    }
  }
  return status;
}
