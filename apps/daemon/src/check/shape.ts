/** The types of a body's fields, checked before the engine sees them; the words are those of Go's decoder. */
import { Fault } from '@pontoon/fault';

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
export function checkFields(body: object, fields: Record<string, FieldType>, type: string): void {
  for (const [name, value] of Object.entries(body)) {
    // JSON.parse makes an own member even of `__proto__`; the table's own inherited ones are no fields.
    const wanted = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (wanted === undefined || value === null || value === undefined || accepts[wanted](value)) continue;
    throw new Fault(
      'invalid',
      `invalid JSON: json: cannot unmarshal ${kindOf(value)} into Go struct field ${type}.${name} of type ${goTypes[wanted]}`,
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
