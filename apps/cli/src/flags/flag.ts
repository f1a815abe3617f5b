import { Fault } from '@pontoon/fault';
import { parseBool, parseInteger } from './values.ts';

/**
 * One flag as data: the parser and the help read the same record. `take` makes the value out of the text given and of
 * what earlier occurrences gave; its Faults become `invalid argument "x" for "--flag" flag: …`.
 */
export interface Flag<T> {
  short?: string;
  summary: string;
  /** What the help calls the value: `list`, `string`, `bytes` …; empty for a switch. */
  placeholder: string;
  /** A switch needs no value: `--rm`, but also `--rm=false`. */
  isSwitch?: boolean;
  /** Names that mean the same (`--net` for `--network`), not in the help. */
  alias?: string;
  initial: T;
  /** The default as the help shows it. */
  shown?: string;
  take(text: string, soFar: T): T;
}

// biome-ignore lint/suspicious/noExplicitAny: the one place where flags of all value types meet; ValuesOf gives each its own back
export type Flags = Record<string, Flag<any>>;
export type ValuesOf<F extends Flags> = { [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

interface Details {
  placeholder?: string;
  shown?: string;
  alias?: string;
}

/** `short` is the one-letter form, or '' where there is none. */
export function toggle(
  short: string,
  summary: string,
  initial = false,
  details: Details = {},
): Flag<boolean> {
  const shown = initial ? 'true' : undefined;
  return make({
    short,
    summary,
    placeholder: '',
    isSwitch: true,
    initial,
    shown,
    take: parseBool,
    ...details,
  });
}

export function text(short: string, summary: string, details: Details = {}): Flag<string | undefined> {
  return make<string | undefined>({
    ...{ short, summary, placeholder: 'string', initial: undefined },
    take: (value) => value,
    ...details,
  });
}

export function integer(short: string, summary: string, details: Details = {}): Flag<number | undefined> {
  return value(short, summary, 'int', parseInteger, details);
}

/** A flag whose text is read by `read`, the last one given wins. */
export function value<T>(
  short: string,
  summary: string,
  placeholder: string,
  read: (given: string) => T,
  details: Details = {},
): Flag<T | undefined> {
  return make<T | undefined>({
    ...{ short, summary, placeholder, initial: undefined },
    take: (given) => read(given),
    ...details,
  });
}

/** A flag that may be given many times; `check` throws for a wrong one. */
export function list(short: string, summary: string, check?: (given: string) => void, details: Details = {}) {
  return listOf(
    short,
    summary,
    (given) => {
      check?.(given);
      return given;
    },
    details,
  );
}

export function listOf<T>(short: string, summary: string, read: (given: string) => T, details: Details = {}) {
  return make<T[]>({
    ...{ short, summary, placeholder: 'list', initial: [] },
    take: (given, soFar) => [...soFar, read(given)],
    ...details,
  });
}

/** `KEY=VALUE` many times, or `KEY` alone with an empty value. */
export function map(short: string, summary: string, details: Details = {}): Flag<Record<string, string>> {
  return make<Record<string, string>>({
    ...{ short, summary, placeholder: 'map', shown: 'map[]', initial: {} },
    take: (given, soFar) => {
      const at = given.indexOf('=');
      if (at === 0) throw new Fault('invalid', `invalid argument "${given}": no key`);
      return at < 0 ? { ...soFar, [given]: '' } : { ...soFar, [given.slice(0, at)]: given.slice(at + 1) };
    },
    ...details,
  });
}

function make<T>(flag: Omit<Flag<T>, 'short'> & { short: string }): Flag<T> {
  const { short, ...rest } = flag;
  return short === '' ? rest : flag;
}
