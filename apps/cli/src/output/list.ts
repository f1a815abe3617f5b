import { compileTemplate, unescapeFormat } from '../template/evaluate.ts';
import { alignColumns } from './table.ts';

/** A row's fields by the names that `--format` knows; a function is a method (`{{.Label "key"}}`). */
export type Row = Record<string, unknown>;

export interface Listing {
  rows: Row[];
  /** Heading of each field. */
  headings: Record<string, string>;
  /** Fields of the plain table, in order. */
  columns: string[];
}

/** The text of a listing in the format asked for: a table, `json`, `table TEMPLATE` or `TEMPLATE`. */
export function formatList(listing: Listing, format = 'table'): string {
  if (format === 'table' || format === '') return asTable(listing, templateOf(listing.columns));
  if (format === 'json') return listing.rows.map((row) => `${jsonOf(row)}\n`).join('');
  if (format.startsWith('table ')) return asTable(listing, unescapeFormat(format.slice('table '.length)));
  const render = compileTemplate(unescapeFormat(format));
  return listing.rows.map((row) => `${render(row)}\n`).join('');
}

const templateOf = (columns: string[]): string => columns.map((column) => `{{.${column}}}`).join('\t');

function asTable({ rows, headings }: Listing, template: string): string {
  const render = compileTemplate(template);
  // A method's heading is that of its argument: {{.Label "app"}} becomes "app".
  const label = (name: string) => name;
  const lines = [{ ...headings, Label: label }, ...rows].map((row) => render(row).split('\t'));
  return alignColumns(lines);
}

/** Docker sorts the fields by name, and leaves the methods out. */
function jsonOf(row: Row): string {
  const fields = Object.entries(row).filter(([, value]) => typeof value !== 'function');
  const json = JSON.stringify(Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))));
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replaceAll(/[<>&]/g, escaped); // as Go's encoder has it
}
