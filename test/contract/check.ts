/** A JSON value beside its shape: what is missing, of another type, or not described. */
import { isDeepStrictEqual } from 'node:util';
import type { Facts, Shape } from './facts.ts';

type Definitions = Facts['definitions'];

/** @returns a line a deviation: `State.Health: want object, have "x"` */
export function deviationsOf(value: unknown, wanted: Shape, definitions: Definitions, at = ''): string[] {
  const shape = resolve(wanted, definitions);
  if (value === null) return shape.nullable || shape.type === undefined ? [] : [differs(at, shape, value)];
  if (shape.enum && !shape.enum.some((allowed) => isDeepStrictEqual(allowed, value)))
    return [differs(at, shape, value)];
  if (!fits(value, shape.type)) return [differs(at, shape, value)];
  if (Array.isArray(value)) {
    const { items } = shape;
    return items ? value.flatMap((item) => deviationsOf(item, items, definitions, `${at}[]`)) : [];
  }
  return typeof value === 'object' && value !== undefined
    ? objectDeviations(value as Record<string, unknown>, shape, definitions, at)
    : [];
}

function objectDeviations(
  value: Record<string, unknown>,
  { fields = {}, required = [], rest, type }: Shape,
  definitions: Definitions,
  at: string,
): string[] {
  const missing = required.filter((name) => !(name in value)).map((name) => `${join(at, name)}: missing`);
  const open = rest !== undefined || (Object.keys(fields).length === 0 && type === 'object');
  const found = Object.entries(value).flatMap(([name, item]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : rest;
    if (field) return deviationsOf(item, field, definitions, join(at, field === rest ? '*' : name));
    return open ? [] : [`${join(at, name)}: not described`];
  });
  return [...missing, ...found];
}

/** A reference's definition, and everything of `all`, as one shape. */
function resolve(shape: Shape, definitions: Definitions): Shape {
  const { ref, all, ...own } = shape;
  const parts = [
    ...(ref === undefined ? [] : [resolve(definitions[ref] ?? {}, definitions)]),
    ...(all ?? []).map((part) => resolve(part, definitions)),
    own,
  ];
  return {
    ...Object.assign({}, ...parts),
    ...(parts.some(({ fields }) => fields) && {
      fields: Object.assign({}, ...parts.map(({ fields }) => fields)),
    }),
    required: parts.flatMap(({ required = [] }) => required),
  };
}

function fits(value: unknown, type: string | undefined): boolean {
  if (type === undefined) return true;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type;
}

function differs(at: string, { type, enum: values }: Shape, value: unknown): string {
  const wanted = values ? `one of ${values.join(', ')}` : type;
  return `${at || 'the answer'}: want ${wanted}, have ${JSON.stringify(value).slice(0, 60)}`;
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}
