import { addressBytes, addressText, macBytes, macText } from '../address.ts';

/** One field of a set's key or value, as `typeof` names it in the ruleset. */
export type KeyPart =
  | { type: 'ipv4' | 'ipv6' | 'interface' | 'ether'; value: string }
  | { type: 'port' | 'mark'; value: number }
  | { type: 'protocol'; value: 'tcp' | 'udp' | 'sctp' }
  | { type: 'nfproto'; value: 'ipv4' | 'ipv6' };

export type KeyType = KeyPart['type'];

export interface Element {
  key: KeyPart[];
  /** Last key of an interval, itself included. */
  keyEnd?: KeyPart[];
  /** What a map gives. */
  value?: KeyPart[];
}

const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;
/** NFPROTO_IPV4, NFPROTO_IPV6 */
const NFPROTOS = { ipv4: 2, ipv6: 10 } as const;
const IFNAMSIZ = 16;
const LENGTHS: Record<KeyType, number> = {
  ipv4: 4,
  ipv6: 16,
  interface: IFNAMSIZ,
  ether: 6,
  port: 2,
  mark: 4,
  protocol: 1,
  nfproto: 1,
};

/** Fields of a concatenation start at multiples of four bytes (net/netfilter/nf_tables_api.c, netlink_padded_len in nft). */
const padded = (length: number) => (length + 3) & ~3;

/** The bytes of a key: one field as it is, several each padded to four bytes. */
export function keyBytes(parts: KeyPart[]): Buffer {
  if (parts.length === 1 && parts[0]) return partBytes(parts[0]);
  return Buffer.concat(
    parts.map((part) => {
      const bytes = partBytes(part);
      return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
    }),
  );
}

/** The fields of a key, of which the types are known from the ruleset. */
export function readKey(types: readonly KeyType[], bytes: Buffer): KeyPart[] {
  let at = 0;
  return types.map((type) => {
    const part = readPart(type, bytes.subarray(at, at + LENGTHS[type]));
    at += types.length === 1 ? LENGTHS[type] : padded(LENGTHS[type]);
    return part;
  });
}

function partBytes(part: KeyPart): Buffer {
  switch (part.type) {
    case 'ipv4':
    case 'ipv6':
      return addressBytes(part.value);
    case 'ether':
      return macBytes(part.value);
    case 'interface': {
      const bytes = Buffer.alloc(IFNAMSIZ);
      bytes.write(part.value, 0, IFNAMSIZ - 1);
      return bytes;
    }
    case 'port':
      return Buffer.from([part.value >> 8, part.value & 0xff]);
    case 'mark': {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(part.value);
      return bytes;
    }
    case 'protocol':
      return Buffer.from([PROTOCOLS[part.value]]);
    case 'nfproto':
      return Buffer.from([NFPROTOS[part.value]]);
  }
}

function readPart(type: KeyType, bytes: Buffer): KeyPart {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return { type, value: addressText(bytes) };
    case 'ether':
      return { type, value: macText(bytes) };
    case 'interface':
      return { type, value: bytes.toString('latin1').replace(/\0.*$/s, '') };
    case 'port':
      return { type, value: bytes.readUInt16BE(0) };
    case 'mark':
      return { type, value: bytes.readUInt32LE(0) };
    case 'protocol':
      return {
        type,
        value: bytes[0] === PROTOCOLS.udp ? 'udp' : bytes[0] === PROTOCOLS.sctp ? 'sctp' : 'tcp',
      };
    case 'nfproto':
      return { type, value: bytes[0] === NFPROTOS.ipv6 ? 'ipv6' : 'ipv4' };
  }
}
