import { addressBytes, addressText, macBytes, macText } from './address.ts';

/**
 * Netlink attributes as tables: a table names the attributes of one level, with their numbers and codecs; encoder,
 * decoder and type come from it. Layout: include/uapi/linux/netlink.h, struct nlattr: length (2 bytes, itself and the
 * header included), type (2 bytes), value, padded to 4.
 */
export interface Codec<T> {
  /** Set for attributes that hold attributes: NLA_F_NESTED is put on the type, as strict kernels ask. */
  readonly nested?: boolean;
  encode(value: T): Uint8Array;
  decode(bytes: Buffer): T;
}

export type Fields = Record<string, readonly [type: number, codec: Codec<unknown>]>;
export type Attributes<F extends Fields> = {
  -readonly [K in keyof F]?: F[K][1] extends Codec<infer T> ? T | undefined : never;
};

const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;
const HEADER = 4;

function number(
  size: number,
  write: (bytes: Buffer, value: number) => void,
  read: (bytes: Buffer) => number,
) {
  return {
    encode: (value: number) => {
      const bytes = Buffer.alloc(size);
      write(bytes, value);
      return bytes;
    },
    decode: read,
  } satisfies Codec<number>;
}

/** Little endian stands for the host's own order: sys refuses other machines. */
export const u8 = number(
  1,
  (b, v) => b.writeUInt8(v),
  (b) => b.readUInt8(),
);
export const u16 = number(
  2,
  (b, v) => b.writeUInt16LE(v),
  (b) => b.readUInt16LE(),
);
export const u32 = number(
  4,
  (b, v) => b.writeUInt32LE(v >>> 0),
  (b) => b.readUInt32LE(),
);
export const s32 = number(
  4,
  (b, v) => b.writeInt32LE(v),
  (b) => b.readInt32LE(),
);
export const u16be = number(
  2,
  (b, v) => b.writeUInt16BE(v),
  (b) => b.readUInt16BE(),
);
export const u32be = number(
  4,
  (b, v) => b.writeUInt32BE(v >>> 0),
  (b) => b.readUInt32BE(),
);

export const s32be = number(
  4,
  (b, v) => b.writeInt32BE(v),
  (b) => b.readInt32BE(),
);

export const u64be: Codec<bigint> = {
  encode: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return bytes;
  },
  decode: (bytes) => bytes.readBigUInt64BE(),
};

export const bytes: Codec<Uint8Array> = { encode: (value) => value, decode: (value) => Buffer.from(value) };

/** Ends in NUL on the wire. */
export const text: Codec<string> = {
  encode: (value) => Buffer.from(`${value}\0`),
  decode: (value) => value.toString('utf8', 0, value.indexOf(0) < 0 ? value.length : value.indexOf(0)),
};
export const flag: Codec<boolean> = { encode: () => Buffer.alloc(0), decode: () => true };
export const ip: Codec<string> = { encode: addressBytes, decode: addressText };
/** A table whose content is read later, once its kind is known. */
export const nestedBytes: Codec<Uint8Array> = { ...bytes, nested: true };
export const mac: Codec<string> = { encode: macBytes, decode: macText };

/** Attributes without a header before them: a message's tail. */
export function table<const F extends Fields>(fields: F): Codec<Attributes<F>> {
  const byType = new Map(Object.entries(fields).map(([name, [type, codec]]) => [type, { name, codec }]));
  return {
    encode: (values) => {
      const parts: Uint8Array[] = [];
      for (const [name, value] of Object.entries(values)) {
        const field = fields[name];
        if (field && value !== undefined && value !== false)
          parts.push(...attribute(field[0], field[1], value));
      }
      return Buffer.concat(parts);
    },
    decode: (buffer) => {
      const values: Record<string, unknown> = {};
      for (const [type, value] of split(buffer)) {
        const field = byType.get(type);
        if (field) values[field.name] = field.codec.decode(value);
      }
      return values as Attributes<F>;
    },
  };
}

/** An attribute that holds a table. */
export function nested<const F extends Fields>(fields: F): Codec<Attributes<F>> {
  return { ...table(fields), nested: true };
}

/** An attribute that holds any number of attributes of one type: NFTA_LIST_ELEM and its kind. */
export function list<T>(type: number, codec: Codec<T>): Codec<T[]> {
  return {
    nested: true,
    encode: (values) => Buffer.concat(values.flatMap((value) => attribute(type, codec, value))),
    decode: (buffer) => split(buffer).map(([, value]) => codec.decode(value)),
  };
}

/** A fixed struct in front of a table, as in VETH_INFO_PEER. */
export function headed<const F extends Fields>(size: number, fields: F) {
  const tail = table(fields);
  return {
    encode: ([head, values]: [Uint8Array, Attributes<F>]) => Buffer.concat([head, tail.encode(values)]),
    decode: (buffer: Buffer): [Uint8Array, Attributes<F>] => [
      Buffer.from(buffer.subarray(0, size)),
      tail.decode(buffer.subarray(size)),
    ],
  } satisfies Codec<[Uint8Array, Attributes<F>]>;
}

/** One attribute: header, value, padding. */
export function attribute<T>(type: number, codec: Codec<T>, value: T): Uint8Array[] {
  const content = codec.encode(value);
  const length = HEADER + content.length;
  if (length > 0xffff) throw new RangeError(`netlink attribute ${type}: ${length} bytes do not fit in one`);
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt16LE(length, 0);
  header.writeUInt16LE(codec.nested ? type | NLA_F_NESTED : type, 2);
  return [header, content, Buffer.alloc(-length & 3)];
}

/** What is cut off at the end is left out, as the kernel's own nla_for_each does. */
export function split(buffer: Buffer): [type: number, value: Buffer][] {
  const found: [number, Buffer][] = [];
  for (let offset = 0; offset + HEADER <= buffer.length; ) {
    const length = buffer.readUInt16LE(offset);
    if (length < HEADER || offset + length > buffer.length) break;
    const type = buffer.readUInt16LE(offset + 2) & NLA_TYPE_MASK;
    found.push([type, buffer.subarray(offset + HEADER, offset + length)]);
    offset += (length + 3) & ~3;
  }
  return found;
}
