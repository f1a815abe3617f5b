/** The query string's values, read as dockerd reads them (moby, daemon/server/httputils/form.go). */
import { Fault } from '@pontoon/fault';

const no = new Set(['', '0', 'no', 'false', 'none']);

export function flag(query: URLSearchParams, name: string, otherwise = false): boolean {
  const text = query.get(name);
  return text === null ? otherwise : !no.has(text.trim().toLowerCase());
}

/** A whole number, or undefined where it is absent or empty. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw new Fault('invalid', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** A text, or undefined where it is absent or empty. */
export function text(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** A text that must be there. */
export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new Fault('invalid', `bad parameter: ${name} must be given`);
  return value;
}

/** `{"name":["a"]}`, or as before API 1.22 `{"name":{"a":true}}`. */
export function filters(query: URLSearchParams): Record<string, string[]> {
  const given = query.get('filters');
  if (!given) return {};
  const entries = Object.entries(objectOf(given)).map(([name, values]) => [name, valuesOf(values)] as const);
  return Object.fromEntries(entries);
}

function objectOf(given: string): object {
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw new Fault('invalid', 'invalid filter', { cause });
  }
  throw new Fault('invalid', 'invalid filter');
}

function valuesOf(values: unknown): string[] {
  if (Array.isArray(values)) return values.map(String);
  if (typeof values !== 'object' || values === null) throw new Fault('invalid', 'invalid filter');
  return Object.keys(values).filter((name) => (values as Record<string, unknown>)[name] !== false);
}

/** The size of a terminal; dockerd wants both. */
export function terminalSize(query: URLSearchParams): { rows: number; columns: number } {
  const [rows, columns] = [integer(query, 'h'), integer(query, 'w')];
  if (rows === undefined || columns === undefined) {
    throw new Fault('invalid', 'strconv.ParseUint: parsing "": invalid syntax');
  }
  return { rows, columns };
}
