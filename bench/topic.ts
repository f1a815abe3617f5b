import type { Contender, ContenderName } from './contender.ts';
import type { Table } from './table.ts';

/** How much of a topic is measured. */
export interface Effort {
  /** Less with `--quick`, to see whether a topic works. @param full rounds, or subjects, that a measurement wants */
  scaled(full: number): number;
  /** Of topics that last as long as they are told: `--minutes N`. */
  minutes: number | undefined;
}

/** One subject of measurement. */
export interface Topic {
  title: string;
  contenders: ContenderName[];
  /** Then it is ended, whatever it waits for. */
  limit_s: number;
  /** Not with the others, only by its name: it takes too long. */
  onlyByName?: boolean;
  /** For Pontoon's daemon. */
  flags?: string[];
  measure(contenders: Contender[], effort: Effort): Promise<Table>;
}
