/**
 * Netlink attributes (struct nlattr, netlink(7)) from tables: a table names the attributes of one nest, and gives each
 * its number and kind; encoder, decoder and type all come from it.
 */
export type Kind = 'u8' | 'u16' | 'u32' | 'u64' | 'be16' | 'be32' | 'be64' | 'string' | 'bytes' | 'flag';
/** A nested table, or a list of such nests, each under the number of the second table's only attribute. */
export type Nest = { nest: Table } | { list: Table };
export type Table = { readonly [name: string]: readonly [number: number, kind: Kind | Nest] };

type ValueOf<K> = K extends 'string'
  ? string
  : K extends 'bytes'
    ? Uint8Array
    : K extends 'flag'
      ? boolean
      : K extends 'u64' | 'be64'
        ? bigint
        : K extends Kind
          ? number
          : K extends { nest: infer T extends Table }
            ? Values<T>
            : K extends { list: infer T extends Table }
              ? Values<T>[]
              : never;

export type Values<T extends Table> = { -readonly [N in keyof T]?: ValueOf<T[N][1]> };

/** NLA_F_NESTED and NLA_F_NET_BYTEORDER, include/uapi/linux/netlink.h. */
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;
const HEADER = 4;

/** A list's elements stand under this number (NFTA_LIST_ELEM). */
const LIST_ELEMENT = 1;

export function encode<T extends Table>(table: T, values: Values<T>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(values)) {
    const entry = table[name];
    if (entry === undefined || value === undefined || value === false) continue;
    parts.push(attribute(entry[0], entry[1], value));
  }
  return Buffer.concat(parts);
}

export function decode<T extends Table>(table: T, bytes: Buffer): Values<T> {
  const values: Record<string, unknown> = {};
  const names = namesOf(table);
  for (const [number, payload] of each(bytes)) {
    const name = names.get(number);
    const entry = name === undefined ? undefined : table[name];
    if (name !== undefined && entry) values[name] = readValue(entry[1], payload);
  }
  return values as Values<T>;
}

/** One attribute with its header, padded to four bytes. */
export function raw(number: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc((HEADER + payload.length + 3) & ~3);
  bytes.writeUInt16LE(HEADER + payload.length, 0);
  bytes.writeUInt16LE(number, 2);
  bytes.set(payload, HEADER);
  return bytes;
}

export function* each(bytes: Buffer): Generator<[number: number, payload: Buffer]> {
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < HEADER || at + length > bytes.length) return;
    yield [bytes.readUInt16LE(at + 2) & TYPE_MASK, bytes.subarray(at + HEADER, at + length)];
    at += (length + 3) & ~3;
  }
}

const reverse = new WeakMap<Table, Map<number, string>>();

function namesOf(table: Table): Map<number, string> {
  const known = reverse.get(table);
  if (known) return known;
  const names = new Map(Object.entries(table).map(([name, [number]]) => [number, name]));
  reverse.set(table, names);
  return names;
}

function attribute(number: number, kind: Kind | Nest, value: unknown): Buffer {
  if (typeof kind === 'string') return raw(number, scalar(kind, value));
  if ('nest' in kind) return raw(number | NESTED, encode(kind.nest, value as Values<Table>));
  const elements = (value as Values<Table>[]).map((one) =>
    raw(LIST_ELEMENT | NESTED, encode(kind.list, one)),
  );
  return raw(number | NESTED, Buffer.concat(elements));
}

function scalar(kind: Kind, value: unknown): Uint8Array {
  if (kind === 'bytes') return value as Uint8Array;
  if (kind === 'string') return Buffer.from(`${value as string}\0`);
  if (kind === 'flag') return Buffer.alloc(0);
  const bytes = Buffer.alloc({ u8: 1, u16: 2, u32: 4, u64: 8, be16: 2, be32: 4, be64: 8 }[kind]);
  if (kind === 'u64') bytes.writeBigUInt64LE(value as bigint);
  else if (kind === 'be64') bytes.writeBigUInt64BE(value as bigint);
  else if (kind.startsWith('be')) bytes.writeUIntBE(value as number, 0, bytes.length);
  else bytes.writeUIntLE((value as number) >>> 0, 0, bytes.length);
  return bytes;
}

function readValue(kind: Kind | Nest, payload: Buffer): unknown {
  if (typeof kind !== 'string') {
    if ('nest' in kind) return decode(kind.nest, payload);
    return [...each(payload)].map(([, one]) => decode(kind.list, one));
  }
  if (kind === 'bytes') return Buffer.from(payload);
  if (kind === 'flag') return true;
  if (kind === 'string') return payload.toString('utf8').replace(/\0.*$/s, '');
  if (kind === 'u64') return payload.readBigUInt64LE(0);
  if (kind === 'be64') return payload.readBigUInt64BE(0);
  return kind.startsWith('be')
    ? payload.readUIntBE(0, payload.length)
    : payload.readUIntLE(0, payload.length);
}
