import { isIPv4, isIPv6 } from 'node:net';

/** Address families: include/linux/socket.h. */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;

/** The bytes of an address in network order: 4 or 16. @throws {TypeError} */
export function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (isIPv6(text)) return address6Bytes(text);
  throw new TypeError(`"${text}" is no IP address`);
}

/** RFC 4291 section 2.2, with the dotted form of 2.2.3; a zone (`%eth0`) is left out. */
function address6Bytes(text: string): Buffer {
  const plain = text.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...left, ...zeros, ...right].entries())
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}

/** The canonical text (RFC 5952) of 4 or 16 bytes. */
export function addressText(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : address6Text(Buffer.from(bytes));
}

function address6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  const { start, length } = longestZeros(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let run = 0;
  for (const [index, group] of groups.entries()) {
    run = group === 0 ? run + 1 : 0;
    if (run > best.length) best = { start: index - run + 1, length: run };
  }
  return best;
}

export function familyOf(address: string): typeof AF_INET | typeof AF_INET6 {
  return address.includes(':') ? AF_INET6 : AF_INET;
}

/** "10.0.0.0/8" → its parts; a bare address counts as one host. */
export function prefixOf(cidr: string): { address: string; length: number } {
  const [address = '', length] = cidr.split('/');
  const longest = familyOf(address) === AF_INET ? 32 : 128;
  return { address, length: length === undefined ? longest : Number(length) };
}

/** "02:42:ac:11:00:02" → 6 bytes. @throws {TypeError} */
export function macBytes(text: string): Buffer {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw new TypeError(`"${text}" is no MAC address`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

export function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
