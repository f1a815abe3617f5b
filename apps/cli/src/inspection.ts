import { Fault, messageOf } from '@pontoon/fault';
import { text } from './flags/flag.ts';
import { compileTemplate, unescapeFormat } from './template/evaluate.ts';
import type { Context } from './verb.ts';

export const formatFlag = text(
  'f',
  `Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template`,
);

/** Prints each object whole, or through the template; what is not found is told on stderr, and the rest goes on. */
export async function printInspection(
  { stdout, stderr }: Context,
  names: string[],
  format: string | undefined,
  find: (name: string) => Promise<unknown>,
): Promise<number> {
  const render =
    format === undefined || format === 'json' ? undefined : compileTemplate(unescapeFormat(format));
  const found: unknown[] = [];
  const problems: string[] = [];
  for (const name of names) {
    try {
      found.push(await find(name));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(messageOf(error));
    }
  }
  if (render) for (const object of found) stdout.write(`${render(object)}\n`);
  else if (format === 'json') stdout.write(`${JSON.stringify(found)}\n`);
  else stdout.write(`${JSON.stringify(found, null, 4)}\n`);
  for (const problem of problems) stderr.write(`pontoon: ${problem}\n`);
  return problems.length > 0 ? 1 : 0;
}

/** One object for `version` and `info`: JSON or the template; undefined where no format is asked for. */
export function formatObject(object: unknown, format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  if (format === 'json') return JSON.stringify(object);
  return compileTemplate(unescapeFormat(format))(object);
}
