/** The types of a body's fields, checked before the engine sees them; the words are those of Go's decoder. */
import { Fault } from '@pontoon/fault';

/** What a field holds: a value, or a structure with fields of its own. */
export type Field =
  | FieldType
  | { fields: Fields }
  /** A list of structures. */
  | { items: Fields }
  /** Names of the client's own, each with such a value. */
  | { values: Field };
export type Fields = Record<string, Field>;

export type FieldType = 'string' | 'number' | 'boolean' | 'strings' | 'object' | 'objects' | 'map';

const goTypes: Record<FieldType, string> = {
  string: 'string',
  number: 'int64',
  boolean: 'bool',
  strings: '[]string',
  object: 'struct',
  objects: '[]struct',
  map: 'map[string]string',
};

const accepts: Record<FieldType, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  object: isObject,
  objects: (value) => Array.isArray(value) && value.every(isObject),
  map: (value) => isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
};

/** Absent and null are fine everywhere: Go's decoder leaves the field as it was. */
export function checkFields(body: object, fields: Fields, type: string): void {
  for (const [name, value] of Object.entries(body)) {
    // JSON.parse makes an own member even of `__proto__`; the table's own inherited ones are no fields.
    const wanted = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (wanted !== undefined) checkField(value, wanted, `${type}.${name}`);
  }
}

function checkField(value: unknown, wanted: Field, at: string): void {
  if (value === null || value === undefined) return;
  const type = typeof wanted === 'string' ? wanted : 'items' in wanted ? 'objects' : 'object';
  if (!accepts[type](value)) {
    throw new Fault(
      'invalid',
      `invalid JSON: json: cannot unmarshal ${kindOf(value)} into Go struct field ${at} of type ${goTypes[type]}`,
    );
  }
  if (typeof wanted === 'string') return;
  if ('fields' in wanted) checkFields(value as object, wanted.fields, at);
  else if ('items' in wanted) for (const item of value as object[]) checkFields(item, wanted.items, at);
  else for (const item of Object.values(value as object)) checkField(item, wanted.values, at);
}

/** Several fields of one type: their names with spaces between. */
export function fields(type: Field, names: string): Fields {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
