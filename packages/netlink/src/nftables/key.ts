import { addressBytes, addressText, macBytes, macText } from '../wire/address.ts';

/** One field of a set's key or a map's value, by nft(8)'s data types. */
export type KeyPart =
  | { type: 'ipv4' | 'ipv6' | 'ether' | 'interface'; value: string }
  | { type: 'port' | 'mark' | 'nfproto'; value: number }
  | { type: 'protocol'; value: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'ipv6-icmp' }
  | { type: 'bytes'; value: Uint8Array };
export type KeyType = Exclude<KeyPart['type'], 'bytes'>;

/** IPPROTO_… of include/uapi/linux/in.h. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132, icmp: 1, 'ipv6-icmp': 58 } as const;
const PROTOCOL_NAMES = new Map(Object.entries(PROTOCOLS).map(([name, number]) => [number as number, name]));

const SIZES: Record<KeyType, number> = {
  ipv4: 4,
  ipv6: 16,
  ether: 6,
  interface: 16,
  port: 2,
  mark: 4,
  nfproto: 1,
  protocol: 1,
};

/**
 * A key as the kernel compares it. A single field has its own size; each field of a concatenation is padded to 4 bytes,
 * the size of a register (netlink_gen_concat_key of nft 1.0.6).
 */
export function encodeKey(parts: readonly KeyPart[]): Buffer {
  const fields = parts.map(encodePart);
  if (fields.length === 1) return Buffer.from(fields[0] ?? []);
  return Buffer.concat(fields.map((field) => Buffer.concat([field, Buffer.alloc(-field.length & 3)])));
}

function encodePart(part: KeyPart): Uint8Array {
  switch (part.type) {
    case 'ipv4':
    case 'ipv6':
      return sized(addressBytes(part.value), part);
    case 'ether':
      return macBytes(part.value);
    case 'interface':
      return sized(Buffer.from(part.value.padEnd(SIZES.interface, '\0')), part);
    case 'port':
      return Buffer.from([part.value >> 8, part.value & 0xff]);
    case 'mark':
      return Buffer.from(Uint32Array.of(part.value).buffer);
    case 'nfproto':
      return Buffer.from([part.value]);
    case 'protocol':
      return Buffer.from([PROTOCOLS[part.value]]);
    case 'bytes':
      return part.value;
  }
}

/** @throws {RangeError} a field of the wrong size would shift all that follow */
function sized(field: Buffer, part: { type: KeyType; value: string }): Buffer {
  if (field.length === SIZES[part.type]) return field;
  throw new RangeError(
    `"${part.value}" takes ${field.length} bytes, a key's ${part.type} ${SIZES[part.type]}`,
  );
}

/** The way back, for one who knows the set's types. */
export function decodeKey(types: readonly KeyType[], key: Buffer): KeyPart[] {
  let offset = 0;
  return types.map((type) => {
    const part = decodePart(type, key.subarray(offset, offset + SIZES[type]));
    offset += (SIZES[type] + 3) & ~3;
    return part;
  });
}

function decodePart(type: KeyType, field: Buffer): KeyPart {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return { type, value: addressText(field) };
    case 'ether':
      return { type, value: macText(field) };
    case 'interface':
      return { type, value: field.toString('utf8').replace(/\0.*$/s, '') };
    case 'port':
      return { type, value: field.readUInt16BE() };
    case 'mark':
      return { type, value: field.readUInt32LE() };
    case 'nfproto':
      return { type, value: field.readUInt8() };
    case 'protocol': {
      const name = PROTOCOL_NAMES.get(field.readUInt8()) as keyof typeof PROTOCOLS | undefined;
      return name ? { type, value: name } : { type: 'bytes', value: Buffer.from(field) };
    }
  }
}

/** The key after this one; undefined after the last. */
export function keyAfter(key: Buffer): Buffer | undefined {
  const next = Buffer.from(key);
  for (let at = next.length - 1; at >= 0; at--) {
    const byte = next[at] ?? 0;
    next[at] = (byte + 1) & 0xff;
    if (byte !== 0xff) return next;
  }
  return undefined;
}

export function keyBefore(key: Buffer): Buffer {
  const previous = Buffer.from(key);
  for (let at = previous.length - 1; at >= 0; at--) {
    const byte = previous[at] ?? 0;
    previous[at] = (byte - 1) & 0xff;
    if (byte !== 0) break;
  }
  return previous;
}
