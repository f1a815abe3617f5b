/**
 * One line of comma-separated values as `--mount` and `--network` take them (RFC 4180): a field may stand in double
 * quotes, so that it can hold a comma; a double quote in it is written twice.
 */
export function splitFields(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (letter === '"' && quoted && line[at + 1] === '"') {
      field += '"';
      at++;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += letter;
  }
  return [...fields, field];
}

/** `key=value` → both; a key alone has no value. Keys are not case-sensitive. */
export function splitPair(field: string): { key: string; value: string | undefined } {
  const at = field.indexOf('=');
  if (at < 0) return { key: field.trim().toLowerCase(), value: undefined };
  return { key: field.slice(0, at).trim().toLowerCase(), value: field.slice(at + 1).trim() };
}
