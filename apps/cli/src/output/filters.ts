import { Fault } from '@pontoon/fault';
import { listOf } from '../flags/flag.ts';

type Filter = [name: string, value: string];

/** `-f name=value`, many times. */
export const filterFlag = (short: string, summary = 'Filter output based on conditions provided') =>
  listOf<Filter>(
    short,
    summary,
    (given) => {
      const at = given.indexOf('=');
      if (at < 0) throw new Fault('invalid', 'bad format of filter (expected name=value)');
      return [given.slice(0, at).trim().toLowerCase(), given.slice(at + 1).trim()];
    },
    { placeholder: 'filter' },
  );

/** As the API takes them: name → values. */
export function filtersOf(given: Filter[]): Record<string, string[]> | undefined {
  if (given.length === 0) return undefined;
  const filters: Record<string, string[]> = {};
  for (const [name, value] of given) filters[name] = [...(filters[name] ?? []), value];
  return filters;
}
