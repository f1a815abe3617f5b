import type { Contender, ContenderName } from './contender.ts';
import type { Table } from './table.ts';

/** One subject of measurement. */
export interface Topic {
  title: string;
  contenders: ContenderName[];
  measure(contenders: Contender[]): Promise<Table>;
}
