import { Fault } from '@pontoon/fault';
import { now_ns, parseTime } from './time.ts';

export type Filters = Record<string, string[]>;

/** @throws {Fault} invalid, in Docker's words, for a filter that the list does not have, and for a time that is none */
export function checkFilters(filters: Filters, known: readonly string[]): void {
  for (const name of Object.keys(filters)) {
    if (!known.includes(name)) throw new Fault('invalid', `invalid filter '${name}'`);
  }
  for (const text of filters.until ?? []) momentOf(text);
}

/** `label=key`, `label=key=value`, and `label!=` the other way: all must hold. */
export function matchesLabels(labels: Record<string, string>, filters: Filters): boolean {
  const has = (text: string) => {
    const [key = '', ...value] = text.split('=');
    return Object.hasOwn(labels, key) && (value.length === 0 || labels[key] === value.join('='));
  };
  return (filters.label ?? []).every(has) && !(filters['label!'] ?? []).some(has);
}

/** As Docker's filters.Args.Match: a regular expression, or a part of the text where it is none. */
export function matchesPattern(text: string, pattern: string): boolean {
  if (text.includes(pattern)) return true;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** @throws {Fault} invalid */
export function truthOf(name: string, values: string[]): boolean {
  const [value = ''] = values;
  if (['1', 'true'].includes(value)) return true;
  if (['0', 'false'].includes(value)) return false;
  throw new Fault('invalid', `invalid filter '${name}=[${value}]'`);
}

const UNITS: Record<string, bigint> = { s: 1n, m: 60n, h: 3600n };

/** A time, or how long ago in Go's words ("1h30m"), in nanoseconds since 1970. @throws {Fault} invalid */
export function momentOf(text: string): bigint {
  const at_ns = parseTime(text);
  if (at_ns !== undefined) return at_ns;
  if (!/^(\d+[hms])+$/.test(text)) {
    throw new Fault('invalid', `failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const seconds = parts.reduce(
    (sum, [, count = '0', unit = 's']) => sum + BigInt(count) * (UNITS[unit] ?? 0n),
    0n,
  );
  return now_ns() - seconds * 1_000_000_000n;
}

/** `until`: made before. @param created RFC 3339 */
export function untilMatches(created: string, filters: Filters): boolean {
  return (filters.until ?? []).every((text) => (parseTime(created) ?? 0n) < momentOf(text));
}
