import { Fault } from '@pontoon/fault';
import { ATTRIBUTE_KEY, BLOCK, type EntryType, FIELDS, type Field, FLAGS, type TarEntry } from './entry.ts';

const TYPES = new Map<string, EntryType>([
  ...Object.entries(FLAGS).map(([type, flag]): [string, EntryType] => [flag, type as EntryType]),
  ['\0', 'file'], // before POSIX
  ['7', 'file'], // contiguous file
  ['S', 'file'], // GNU, with holes
]);

/** One raw header: the entry, and its typeflag, which also marks headers that speak of the next entry. */
export interface Header extends TarEntry {
  flag: string;
}

/** Go's text, which Docker clients know. */
export function invalidHeader(detail?: string): Fault {
  return new Fault('invalid', `archive/tar: invalid tar header${detail ? `: ${detail}` : ''}`);
}

/**
 * @param block 512 bytes
 * @returns undefined for a block of zeros, two of which end an archive
 * @throws {Fault} on a wrong checksum or a number that is none
 */
export function decodeHeader(block: Buffer): Header | undefined {
  const sum = checksum(block);
  if (sum === 8 * 32 && block.every((byte) => byte === 0)) return undefined;
  if (number(block, 'checksum') !== sum) throw invalidHeader();
  const flag = string(block, 'flag') || '\0';
  const magic = block.toString('latin1', FIELDS.magic[0], FIELDS.magic[0] + 6);
  const prefix = magic === 'ustar\0' ? string(block, 'prefix') : '';
  const name = (prefix ? `${prefix}/` : '') + string(block, 'name');
  const type = TYPES.get(flag);
  const directory = type === 'file' && name.endsWith('/');
  return {
    flag,
    name,
    type: directory ? 'directory' : (type ?? 'file'),
    mode: number(block, 'mode') & 0o7777,
    uid: number(block, 'uid'),
    gid: number(block, 'gid'),
    size: type === undefined || type === 'file' ? number(block, 'size') : 0,
    mtime: number(block, 'mtime'),
    link: string(block, 'link'),
    major: magic.startsWith('ustar') ? number(block, 'major') : 0,
    minor: magic.startsWith('ustar') ? number(block, 'minor') : 0,
    attributes: {},
  };
}

/** Whether an entry of this typeflag is a file of a kind that we know. */
export function isKnownFlag(flag: string): boolean {
  return TYPES.has(flag);
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
export function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += block[at] as number;
  return sum;
}

function string(block: Buffer, field: Field): string {
  const [offset, length] = FIELDS[field];
  const end = block.indexOf(0, offset);
  return block.toString('latin1', offset, end < 0 ? offset + length : Math.min(end, offset + length));
}

function number(block: Buffer, field: Field): number {
  const [offset, length] = FIELDS[field];
  return decodeNumber(block.subarray(offset, offset + length));
}

/** Octal digits, or GNU's base 256 where the first bit is set: GNU tar manual, "Extensions". */
export function decodeNumber(bytes: Buffer): number {
  const first = bytes[0] as number;
  const value = first & 0x80 ? binary(bytes) : octal(bytes.toString('latin1'));
  if (!Number.isSafeInteger(value)) throw invalidHeader('number out of range');
  return value;
}

function binary(bytes: Buffer): number {
  const negative = ((bytes[0] as number) & 0x40) !== 0;
  const value = BigInt(`0x${bytes.toString('hex')}`);
  const bits = BigInt(bytes.length * 8);
  return Number(negative ? value - (1n << bits) : value & ((1n << (bits - 1n)) - 1n));
}

function octal(text: string): number {
  const digits = text.replaceAll('\0', ' ').trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw invalidHeader();
  return Number.parseInt(digits, 8);
}

/** Records of an extended header, `LENGTH KEY=VALUE\n`, the length counting itself. Values stay bytes. */
export function decodePax(data: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(data.toString('latin1', at, space));
    const end = at + length;
    const equals = data.indexOf(0x3d, space);
    if (!(length > 0) || end > data.length || data[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw invalidHeader('malformed extended header');
    }
    records.set(data.toString('latin1', space + 1, equals), data.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** Overrides what the plain header could not say. */
export function applyPax(entry: TarEntry, records: Map<string, Buffer>): void {
  for (const [key, value] of records) {
    const text = value.toString('latin1');
    if (key === 'path') entry.name = text;
    else if (key === 'linkpath') entry.link = text;
    else if (key === 'size') entry.size = integer(text);
    else if (key === 'uid') entry.uid = integer(text);
    else if (key === 'gid') entry.gid = integer(text);
    else if (key === 'mtime') entry.mtime = Number(text) || 0;
    else if (key.startsWith(ATTRIBUTE_KEY)) entry.attributes[key.slice(ATTRIBUTE_KEY.length)] = value;
  }
}

export function integer(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw invalidHeader('number out of range');
  return value;
}
