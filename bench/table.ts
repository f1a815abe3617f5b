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

/** What was asked of a figure, and whether it holds. @param unit behind the number: " ms", " ×" */
export function atMost(limit: number, unit: string, figure: number | undefined): string {
  if (!Number.isFinite(limit)) return '';
  return `≤ ${format(limit)}${unit}${verdict(figure, (value) => value <= limit)}`;
}

export function atLeast(limit: number, unit: string, figure: number | undefined): string {
  if (!Number.isFinite(limit)) return '';
  return `≥ ${format(limit)}${unit}${verdict(figure, (value) => value >= limit)}`;
}

function verdict(figure: number | undefined, holds: (value: number) => boolean): string {
  if (figure === undefined || !Number.isFinite(figure)) return '';
  return holds(figure) ? ' ✓' : ' ✗';
}

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
