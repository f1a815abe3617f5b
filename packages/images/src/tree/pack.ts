import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  read,
  readdirSync,
  readlinkSync,
  type Stats,
  statfsSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { deviceParts } from '@pontoon/sys';
import { type EntryType, entryOf, type TarEntry } from '../tar/entry.ts';
import { ARCHIVE_END, encodeHeader, encodePadding } from '../tar/write.ts';
import { readExtendedAttributes } from './attributes.ts';
import { codeOf, Folder } from './folder.ts';

const readBytes = promisify(read);
const PIECE = 256 * 1024;

export interface PackOptions {
  /** Another name for what is packed: the entry's name is this, or starts with this and a slash. */
  as?: string;
  /** Changes an entry before it is written, or leaves it out (undefined); may give more entries to go before it. */
  translate?(entry: TarEntry, folder: Folder, base: string, status: Stats): TarEntry[];
}

interface Packing {
  options: PackOptions;
  /** First name of each file that has several, by device and inode. */
  names: Map<string, string>;
}

/**
 * A tree as a tar: names sorted, hard links kept, sockets left out, end mark included. Nothing is followed; a tree that
 * changes meanwhile gives what each file was when it was reached.
 * @param root its contents are packed, the folder itself is not
 */
export async function* pack(root: string, options: PackOptions = {}): AsyncGenerator<Buffer> {
  const folder = Folder.open(root);
  try {
    yield* packFolder({ options, names: new Map() }, folder, options.as ?? '');
    yield ARCHIVE_END;
  } finally {
    folder.close();
  }
}

/** One file or folder with all below it, named as `options.as`. */
export async function* packOne(
  folder: Folder,
  base: string,
  options: PackOptions = {},
): AsyncGenerator<Buffer> {
  yield* packName({ options, names: new Map() }, folder, base, options.as ?? base);
  yield ARCHIVE_END;
}

async function* packFolder(work: Packing, folder: Folder, name: string): AsyncGenerator<Buffer> {
  const names = readdirSync(Buffer.from(folder.path), { encoding: 'latin1' }).sort();
  const before = name === '' || name.endsWith('/') ? name : `${name}/`;
  for (const base of names) yield* packName(work, folder, base, before + base);
}

async function* packName(work: Packing, folder: Folder, base: string, name: string): AsyncGenerator<Buffer> {
  const status = folder.status(base);
  const type = status && typeOf(status);
  if (!type) return;
  const entry = describe(work, { folder, base, name, status, type });
  const entries = work.options.translate?.(entry, folder, base, status) ?? [entry];
  for (const each of entries) {
    if (each === entry && type === 'file' && each.type === 'file') yield* packContent(folder, base, each);
    else yield encodeHeader(each);
  }
  if (type === 'directory' && !isKernels(folder, base, status)) yield* packBelow(work, folder, base, name);
}

async function* packBelow(work: Packing, folder: Folder, base: string, name: string): AsyncGenerator<Buffer> {
  let below: Folder;
  try {
    below = folder.child(base);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return;
    throw error;
  }
  try {
    yield* packFolder(work, below, name);
  } finally {
    below.close();
  }
}

/**
 * proc, sysfs, cgroup, cgroup2, devpts, mqueue by include/uapi/linux/magic.h: what lies on them in a running container
 * is the kernel's, endless in part, and none of the container's files.
 */
const KERNELS = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x19800202]);

function isKernels(folder: Folder, base: string, { dev }: Stats): boolean {
  return dev !== folder.status('.')?.dev && KERNELS.has(statfsSync(folder.at(base)).type);
}

function typeOf(status: Stats): EntryType | undefined {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'directory';
  if (status.isSymbolicLink()) return 'symlink';
  if (status.isCharacterDevice()) return 'character';
  if (status.isBlockDevice()) return 'block';
  return status.isFIFO() ? 'fifo' : undefined;
}

function describe(
  work: Packing,
  o: { folder: Folder; base: string; name: string; status: Stats; type: EntryType },
): TarEntry {
  const { status, type, name } = o;
  const entry = entryOf({
    name,
    type,
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    size: type === 'file' ? status.size : 0,
    mtime: Math.floor(status.mtimeMs) / 1000,
  });
  if (type === 'symlink') entry.link = readlinkSync(o.folder.at(o.base), { encoding: 'latin1' });
  if (type === 'character' || type === 'block') Object.assign(entry, deviceParts(status.rdev));
  if (type === 'file' || type === 'directory') entry.attributes = readExtendedAttributes(o.folder.at(o.base));
  if (type !== 'directory' && status.nlink > 1) {
    const key = `${status.dev}:${status.ino}`;
    const first = work.names.get(key);
    if (first !== undefined) return { ...entry, type: 'link', link: first, size: 0, attributes: {} };
    work.names.set(key, name);
  }
  return entry;
}

/** Header and content. The size is that of the opened file; where it shrinks meanwhile, zeros fill up. */
async function* packContent(folder: Folder, base: string, entry: TarEntry): AsyncGenerator<Buffer> {
  let file: number;
  try {
    file = openSync(folder.at(base), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    yield encodeHeader({ ...entry, size });
    for (let left = size; left > 0; ) {
      const wanted = Math.min(PIECE, left);
      const { bytesRead, buffer } = await readBytes(file, Buffer.allocUnsafe(wanted), 0, wanted, null);
      const piece = bytesRead > 0 ? buffer.subarray(0, bytesRead) : Buffer.alloc(wanted);
      left -= piece.length;
      yield piece;
    }
    yield encodePadding(size);
  } finally {
    closeSync(file);
  }
}
