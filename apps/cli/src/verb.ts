import type { EngineClient } from '@pontoon/api';
import type { Flags, ValuesOf } from './flags/flag.ts';

/** What a verb has to work with. */
export interface Context {
  /** The engine; the first use connects, and starts the default daemon where none answers. */
  engine(): Promise<EngineClient>;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Where the engine is, as `--host` or the environment say; undefined for the default socket. */
  host: string | undefined;
}

export interface Call<F extends Flags> {
  values: ValuesOf<F>;
  args: string[];
  /** Names of the flags that the user gave. */
  given: Set<string>;
}

export interface Verb<F extends Flags> {
  /** What stands behind the verb's name: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  usage: string;
  flags: F;
  /** How many arguments it takes, at least and at most. */
  least: number;
  most: number;
  /** false: the first argument ends the flags, since what follows is a command of its own. */
  interspersed?: boolean;
  /** Words go to `run` as they are, flags and all. */
  raw?: boolean;
  /** The answer is the exit status, 0 where there is none. */
  run(context: Context, call: Call<F>): Promise<number | undefined>;
}

/** Gives `run` the types of the flags. */
export const defineVerb = <F extends Flags>(verb: Verb<F>): AnyVerb => verb as unknown as AnyVerb;

export type AnyVerb = Verb<Flags>;

export const anyNumber: number = Number.POSITIVE_INFINITY;
