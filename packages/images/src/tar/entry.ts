/** What a tar says of one file: POSIX.1-2024 pax, and what GNU tar writes. */
export type EntryType = 'file' | 'link' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo';

/**
 * Names are byte strings: one character a byte (latin1), since a file name on Linux need not be UTF-8.
 * `textOf` and `bytesOf` turn them into what people and the kernel want.
 */
export interface TarEntry {
  name: string;
  type: EntryType;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of content that follow. */
  size: number;
  /** Seconds since the epoch, with a fraction where the archive has one. */
  mtime: number;
  /** Target of a link or symlink, else ''. */
  link: string;
  major: number;
  minor: number;
  /** Extended attributes by name. */
  attributes: Record<string, Uint8Array>;
  /** Where the stored bytes belong in a file with holes; `length` is the whole file's. */
  sparse?: { length: number; pieces: { offset: number; size: number }[] };
}

export const BLOCK = 512;

/** Typeflag of the ustar header: POSIX pax, "ustar Interchange Format". */
export const FLAGS: Record<EntryType, string> = {
  file: '0',
  link: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/** ustar header: offset and length of each field. */
export const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  flag: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>;

export type Field = keyof typeof FIELDS;

/** The key under which pax carries an extended attribute: star(5), and what Docker writes. */
export const ATTRIBUTE_KEY = 'SCHILY.xattr.';

export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

export function bytesOf(name: string): Buffer {
  return Buffer.from(name, 'latin1');
}

export function textOf(name: string): string {
  return Buffer.from(name, 'latin1').toString();
}

/** The byte string of a text: what `textOf` undoes. */
export function nameOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** An entry with everything that is not given at its plain value. */
export function entryOf(part: Partial<TarEntry> & Pick<TarEntry, 'name' | 'type'>): TarEntry {
  const mode = part.type === 'directory' ? 0o755 : part.type === 'symlink' ? 0o777 : 0o644;
  return { mode, uid: 0, gid: 0, size: 0, mtime: 0, link: '', major: 0, minor: 0, attributes: {}, ...part };
}
