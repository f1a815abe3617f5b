import { chmodSync, lchownSync, linkSync, lutimesSync, mkdirSync, symlinkSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { Fault } from '@pontoon/fault';
import { bytesOf, type TarEntry } from '../tar/entry.ts';
import { type ReadEntry, readTar } from '../tar/read.ts';
import { setExtendedAttributes } from './attributes.ts';
import { writeFile } from './file.ts';
import { codeOf, Folder } from './folder.ts';
import { checkLink, cleanName, quoted, split } from './name.ts';
import { makeSpecial } from './special.ts';

export interface UnpackOptions {
  /** The root was there before the archive: it keeps its own owner, mode and time. */
  present?: boolean;
  /** Device nodes are made; otherwise an archive with one is refused. */
  devices: boolean;
  /** Takes an entry of its own meaning (a whiteout): true if it was one. */
  special?(entry: TarEntry, folder: Folder, base: string): boolean;
  /** Refuses to put a file in a folder's place and the reverse: docker cp. */
  keepKinds?: boolean;
  /** Whom everything belongs to, instead of whom the archive says. */
  owner?: { uid: number; gid: number };
}

interface Unpacking {
  root: Folder;
  options: UnpackOptions;
  /** The folder of the entry before, most often the next one's too. */
  near?: { path: string; folder: Folder };
  /** Times of folders, set when nothing is put into them any more. */
  times: { path: string; mtime: number }[];
}

/**
 * Unpacks a tar below a root folder. Every step is taken as a process whose root directory that is would take it, so
 * that neither names nor links, from the archive or already there, lead out.
 * @returns bytes of all regular files
 * @throws {Fault} invalid: hostile or broken archives. What was unpacked until then stays.
 */
export async function unpack(
  source: AsyncIterable<Uint8Array>,
  root: string,
  options: UnpackOptions,
): Promise<{ size: number }> {
  const work: Unpacking = { root: Folder.open(root), options, times: [] };
  let size = 0;
  try {
    for await (const entry of readTar(source)) {
      await unpackEntry(work, entry).catch((error) => Promise.reject(explain(entry, error)));
      size += entry.type === 'file' ? (entry.sparse?.length ?? entry.size) : 0;
    }
    for (const { path, mtime } of work.times.reverse()) setFolderTime(work.root, path, mtime);
    return { size };
  } finally {
    leave(work);
    work.root.close();
  }
}

/** What the kernel refuses because of the archive's own names and links; not what a full disk refuses. */
const ARCHIVES_FAULT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EEXIST', 'ENAMETOOLONG', 'EINVAL', 'EFBIG'];

function explain(entry: TarEntry, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof Fault || code === undefined || !('errno' in (error as object))) return error;
  const kind = ARCHIVES_FAULT.includes(code) ? 'invalid' : 'internal';
  const words = getSystemErrorMessage(-Math.abs((error as { errno: number }).errno));
  return new Fault(kind, `unpack ${quoted(entry.name)}: ${words}`, { cause: error });
}

async function unpackEntry(work: Unpacking, entry: ReadEntry): Promise<void> {
  if (entry.name.includes('\0')) throw new Fault('invalid', `invalid name ${quoted(entry.name)} in archive`);
  const path = cleanName(entry.name);
  if (path === '') return unpackRoot(work, entry);
  const { folder: above, base } = split(path);
  const folder = folderOf(work, above);
  if (work.options.special?.(entry, folder, base)) return;
  makeRoom(work, entry, folder, base);
  await place(work, entry, folder, base);
  if (entry.type === 'directory') work.times.push({ path, mtime: entry.mtime });
}

/** `./`: the owner, mode and time of the root itself. */
function unpackRoot(work: Unpacking, entry: TarEntry): void {
  if (entry.type !== 'directory' || work.options.present) return;
  dress(work.root, '.', entry, work.options);
  work.times.push({ path: '', mtime: entry.mtime });
}

function folderOf(work: Unpacking, path: string): Folder {
  if (work.near?.path === path) return work.near.folder;
  leave(work);
  const folder = work.root.make(path);
  work.near = { path, folder };
  return folder;
}

function leave(work: Unpacking): void {
  work.near?.folder.close();
  work.near = undefined;
}

/** What is there goes, except a folder where a folder comes. */
function makeRoom(work: Unpacking, entry: TarEntry, folder: Folder, base: string): void {
  const present = folder.status(base);
  if (!present) return;
  const stays = present.isDirectory() && entry.type === 'directory';
  if (stays) return;
  if (work.options.keepKinds && present.isDirectory() !== (entry.type === 'directory')) {
    const [was, comes] = present.isDirectory()
      ? ['directory', 'non-directory']
      : ['non-directory', 'directory'];
    throw new Fault('invalid', `cannot overwrite ${was} ${quoted(entry.name)} with ${comes}`);
  }
  folder.remove(base);
}

async function place(work: Unpacking, entry: ReadEntry, folder: Folder, base: string): Promise<void> {
  const at = folder.at(base);
  if (entry.type === 'file') await writeFile(at, entry);
  else if (entry.type === 'directory') {
    if (!folder.status(base)) mkdirSync(at, { mode: 0o700 });
  } else if (entry.type === 'symlink') {
    checkLink(cleanName(entry.name), entry.link);
    symlinkSync(bytesOf(entry.link), at);
  } else if (entry.type === 'link') {
    link(work, entry, at);
    return; // the other name has owner and mode already
  } else makeSpecial(at, entry, work.options.devices);
  dress(folder, base, entry, work.options);
}

/** A second name of a file of this archive. link(2) does not follow a link in the last place. */
function link(work: Unpacking, entry: TarEntry, at: Buffer): void {
  const { folder: above, base } = split(cleanName(entry.link));
  const folder = work.root.enter(above);
  try {
    linkSync(folder.at(base), at);
  } finally {
    folder.close();
  }
}

/** Owner before mode and attributes: chown(2) takes setuid bits and capabilities away. */
function dress(folder: Folder, base: string, entry: TarEntry, options: UnpackOptions): void {
  const at = folder.at(base);
  lchownSync(at, options.owner?.uid ?? entry.uid, options.owner?.gid ?? entry.gid);
  if (entry.type !== 'symlink') chmodSync(at, entry.mode);
  setExtendedAttributes(at, entry.attributes);
  if (entry.type !== 'directory') lutimesSync(at, entry.mtime, entry.mtime);
}

function setFolderTime(root: Folder, path: string, mtime: number): void {
  const { folder: above, base } = split(path);
  try {
    const folder = root.enter(above);
    lutimesSync(folder.at(base || '.'), mtime, mtime);
    folder.close();
  } catch {
    // A later entry of the archive took the folder away.
  }
}
