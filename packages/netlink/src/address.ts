import { isIPv4, isIPv6 } from 'node:net';

export type Family = 4 | 6;

/** AF_INET, AF_INET6 */
export const FAMILY = { 4: 2, 6: 10 } as const;

export function familyOf(address: string): Family {
  return isIPv6(address) ? 6 : 4;
}

/** Network byte order, 4 or 16 bytes. @throws {TypeError} for what is no address */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) throw new TypeError(`not an IP address: "${address}"`);
  const [before = '', after] = address.split('::');
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const middle = new Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0);
  return Buffer.from([...head, ...middle, ...tail].flatMap((group) => [group >> 8, group & 0xff]));
}

/** The canonical text: dotted, or as RFC 5952 says. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const { start, length } = longestZeros(words);
  const hex = (part: number[]) => part.map((word) => word.toString(16)).join(':');
  if (length < 2) return hex(words);
  return `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`;
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function macText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function longestZeros(words: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
