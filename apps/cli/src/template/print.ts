/** A value as Go's `%v` prints it: `[a b]`, `map[k:v]` with sorted keys. */
export function inGo(value: unknown): string {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(inGo).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${inGo(item)}`).join(' ')}]`;
}
