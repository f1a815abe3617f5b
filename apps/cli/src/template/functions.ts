import { Fault } from '@pontoon/fault';
import { inGo } from './print.ts';

type Function = (...args: unknown[]) => unknown;

/** The functions of Go's templates and those that Docker's client adds. */
export const functions: Record<string, Function> = {
  json: (value) => JSON.stringify(value),
  split: (text, separator) => String(text).split(String(separator)),
  join: (list, separator) => asList(list).map(inGo).join(String(separator)),
  title: (text) => String(text).replaceAll(/\b\w/g, (letter) => letter.toUpperCase()),
  lower: (text) => String(text).toLowerCase(),
  upper: (text) => String(text).toUpperCase(),
  pad: (text, before, after) => ' '.repeat(Number(before)) + String(text) + ' '.repeat(Number(after)),
  truncate: (text, length) => [...String(text)].slice(0, Number(length)).join(''),
  println: (...args) => `${args.map(inGo).join(' ')}\n`,
  print: (...args) => args.map(inGo).join(''),
  printf: (format, ...args) => formatGo(String(format), args),
  len: (value) => (typeof value === 'string' ? Buffer.byteLength(value) : Object.keys(value ?? {}).length),
  index: (value, ...keys) => keys.reduce(indexInto, value),
  slice: (value, from = 0, to) =>
    (value as string | unknown[]).slice(Number(from), to === undefined ? undefined : Number(to)),
  not: (value) => !isTrue(value),
  and: (...args) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  eq: (left, ...others) => others.some((other) => left === other),
  ne: (left, right) => left !== right,
  lt: (left, right) => (left as number) < (right as number),
  le: (left, right) => (left as number) <= (right as number),
  gt: (left, right) => (left as number) > (right as number),
  ge: (left, right) => (left as number) >= (right as number),
};

/** Go's rule: the zero value of every type is false, and so is all that is empty. */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}

function asList(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function indexInto(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined)
    throw new Fault('invalid', 'error calling index: index of untyped nil');
  if (Array.isArray(value)) {
    if (Number(key) >= value.length || Number(key) < 0)
      throw new Fault('invalid', `error calling index: index out of range: ${key}`);
    return value[Number(key)];
  }
  return (value as Record<string, unknown>)[String(key)] ?? '';
}

/** The verbs of Go's fmt that templates use: %s %v %d %q %t %x %f, with width, `-`, `0` and precision. */
function formatGo(format: string, args: unknown[]): string {
  const rest = [...args];
  return format.replaceAll(/%([-0]*)(\d*)(?:\.(\d+))?([svdqtxf%])/g, (_, flags, width, precision, verb) => {
    if (verb === '%') return '%';
    const text = formatOne(verb, rest.shift(), precision);
    const size = Number(width || 0);
    if (flags.includes('-')) return text.padEnd(size);
    return text.padStart(size, flags.includes('0') ? '0' : ' ');
  });
}

function formatOne(verb: string, value: unknown, precision: string | undefined): string {
  switch (verb) {
    case 'q':
      return JSON.stringify(String(value));
    case 'x':
      return typeof value === 'number' ? value.toString(16) : Buffer.from(String(value)).toString('hex');
    case 'f':
      return Number(value).toFixed(precision === undefined ? 6 : Number(precision));
    default: {
      const text = inGo(value);
      return precision === undefined ? text : text.slice(0, Number(precision));
    }
  }
}
