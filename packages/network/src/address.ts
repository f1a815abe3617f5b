import { isIPv4, isIPv6 } from 'node:net';
import type { Family } from './intent.ts';

/** An address as a number: what pools count in. */
export interface Address {
  family: Family;
  value: bigint;
}

export interface Prefix extends Address {
  /** `value` is the network's first address. */
  length: number;
}

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

export const familyOf = (text: string): Family => (text.includes(':') ? 6 : 4);

/** `undefined` where the text is no address. IPv4-mapped IPv6 (::ffff:a.b.c.d) is read as IPv6. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: numberOf(text.split('.').map(Number), 8n) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { family: 6, value: numberOf(groupsOf(text), 16n) };
}

function numberOf(parts: number[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | BigInt(part), 0n);
}

/** The eight 16-bit groups of a valid IPv6 text (RFC 4291 section 2.2). */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const read = (half: string) => (half === '' ? [] : half.split(':').flatMap(groupOf));
  const left = read(head);
  if (tail === undefined) return left;
  const right = read(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupOf(text: string): number[] {
  if (!text.includes('.')) return [Number.parseInt(text, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  return compress(groups.map((group) => group.toString(16)));
}

/** The longest run of two or more zero groups becomes "::", the first of equals (RFC 5952 section 4.2). */
function compress(groups: string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/** "172.17.0.0/16"; bits behind the prefix are cleared. `undefined` where the text is no prefix. */
export function parsePrefix(text: string): Prefix | undefined {
  const [head = '', tail = '', more] = text.split('/');
  const address = parseAddress(head);
  if (!address || more !== undefined || !/^\d{1,3}$/.test(tail)) return undefined;
  const length = Number(tail);
  if (length > bitsOf(address.family)) return undefined;
  return { ...firstOf({ ...address, length }), length };
}

export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix)}/${prefix.length}`;

/** How many addresses the prefix has. */
export const sizeOf = (prefix: Prefix): bigint => 1n << BigInt(bitsOf(prefix.family) - prefix.length);

export function firstOf(prefix: Prefix): Address {
  const size = sizeOf(prefix);
  return { family: prefix.family, value: (prefix.value / size) * size };
}

export const lastOf = (prefix: Prefix): Address => ({
  family: prefix.family,
  value: firstOf(prefix).value + sizeOf(prefix) - 1n,
});

export function contains(prefix: Prefix, address: Address): boolean {
  const offset = address.value - prefix.value;
  return prefix.family === address.family && offset >= 0n && offset < sizeOf(prefix);
}

export const within = (outer: Prefix, inner: Prefix): boolean =>
  outer.length <= inner.length && contains(outer, inner);

export const overlap = (a: Prefix, b: Prefix): boolean => within(a, b) || within(b, a);

/** For texts from our own records, which were checked when they came in. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new TypeError(`read an address: "${text}"`);
  return parsed;
}

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed) throw new TypeError(`read a prefix: "${text}"`);
  return parsed;
}

export const isUnspecified = (text: string): boolean => text === '0.0.0.0' || text === '::';

export const isLoopback = (text: string): boolean => text.startsWith('127.') || text === '::1';
