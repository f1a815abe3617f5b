/** A table that a topic answers with, and how it is written. */

export interface Table {
  columns: string[];
  rows: (string | number)[][];
  /** What was measured and how, for a reader who wants to repeat it. */
  notes: string[];
}

const cell = (value: string | number): string => (typeof value === 'number' ? format(value) : value);

/** Three digits that mean something. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

export const times = (ratio: number): string => (Number.isFinite(ratio) ? `${format(ratio)} ×` : '–');

export function markdown({ columns, rows, notes }: Table): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(row.map(cell))),
    '',
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}
