import { Fault, messageOf } from '@pontoon/fault';
import type { Flag, Flags, ValuesOf } from './flag.ts';

export interface Parsed<F extends Flags> {
  values: ValuesOf<F>;
  args: string[];
  /** Names of the flags that were given, whatever their value. */
  given: Set<string>;
  help: boolean;
}

interface Reading {
  flags: Flags;
  values: Record<string, unknown>;
  given: Set<string>;
  /** What is still to be read; a flag takes its value from the front. */
  rest: string[];
  help: boolean;
}

/**
 * Reads a command line by the rules of Docker's clients (those of the pflag library): `--name value`, `--name=value`,
 * `-n value`, `-nvalue`, `-it`, `--switch=false`, `--` ends the flags. Where `interspersed` is false the first word that
 * is no flag ends them too, so that `run busybox ls -l` keeps its `-l`. The texts of its Faults are Docker's.
 */
export function parse<F extends Flags>(flags: F, argv: string[], interspersed = true): Parsed<F> {
  const initial = Object.entries(flags).map(([name, flag]) => [name, flag.initial]);
  const reading: Reading = {
    ...{ flags, values: Object.fromEntries(initial), given: new Set<string>(), rest: [...argv], help: false },
  };
  const args: string[] = [];
  while (reading.rest.length > 0) {
    const word = reading.rest.shift()!;
    if (word === '--') args.push(...reading.rest.splice(0));
    else if (word.startsWith('--')) readLong(reading, word);
    else if (word.startsWith('-') && word !== '-') readShorts(reading, word);
    else args.push(word, ...(interspersed ? [] : reading.rest.splice(0)));
  }
  return { values: reading.values as ValuesOf<F>, args, given: reading.given, help: reading.help };
}

function readLong(reading: Reading, word: string): void {
  const [, name = '', , inline] = /^--([^=]*)(=([\s\S]*))?$/.exec(word) ?? [];
  if (name === '') throw new Fault('invalid', `bad flag syntax: ${word}`);
  const found = findLong(reading.flags, name);
  if (!found && name === 'help') {
    reading.help = true;
    return;
  }
  if (!found) throw new Fault('invalid', `unknown flag: --${name}`);
  const [key, flag] = found;
  const given = inline ?? (flag.isSwitch ? 'true' : reading.rest.shift());
  if (given === undefined) throw new Fault('invalid', `flag needs an argument: --${name}`);
  store(reading, key, flag, given);
}

/** `-it`, `-p80:80`, `-p=80:80`: switches one after the other, then at most one flag with a value. */
function readShorts(reading: Reading, word: string): void {
  for (let letters = word.slice(1); letters !== ''; ) {
    const letter = letters[0]!;
    letters = letters.slice(1);
    const found = Object.entries(reading.flags).find(([, flag]) => flag.short === letter);
    if (!found && letter === 'h') {
      reading.help = true;
      continue;
    }
    if (!found) throw new Fault('invalid', `unknown shorthand flag: '${letter}' in ${word}`);
    const [key, flag] = found;
    if (flag.isSwitch && !letters.startsWith('=')) {
      store(reading, key, flag, 'true');
      continue;
    }
    const given = letters === '' ? reading.rest.shift() : letters.replace(/^=/, '');
    if (given === undefined) throw new Fault('invalid', `flag needs an argument: '${letter}' in ${word}`);
    store(reading, key, flag, given);
    return;
  }
}

function findLong(flags: Flags, name: string): [string, Flag<unknown>] | undefined {
  return Object.entries(flags).find(([key, flag]) => key === name || flag.alias === name);
}

function store(reading: Reading, key: string, flag: Flag<unknown>, given: string): void {
  try {
    reading.values[key] = flag.take(given, reading.values[key]);
    reading.given.add(key);
  } catch (error) {
    const name = flag.short ? `-${flag.short}, --${key}` : `--${key}`;
    throw new Fault('invalid', `invalid argument "${given}" for "${name}" flag: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
