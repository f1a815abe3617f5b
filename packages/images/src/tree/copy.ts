import { readlinkSync, type Stats } from 'node:fs';
import { Readable } from 'node:stream';
import { Fault } from '@pontoon/fault';
import { decompress } from '../content/decompress.ts';
import { entryOf, nameOf, textOf } from '../tar/entry.ts';
import { encodeHeader } from '../tar/write.ts';
import { codeOf, Folder } from './folder.ts';
import { pack, packOne } from './pack.ts';
import { unpack } from './unpack.ts';

/** What X-Docker-Container-Path-Stat tells: `ContainerPathStat`. */
export interface PathStat {
  name: string;
  size: number;
  /** Go's fs.FileMode. */
  mode: number;
  /** RFC 3339 */
  mtime: string;
  linkTarget: string;
}

/** A path below a root as a folder there and a name in it; '' names the root itself. */
interface Place {
  folder: Folder;
  base: string;
}

/**
 * Finds a path; a link in the last place stays one, unless a slash follows it.
 * @param root a root file system, or /proc/PID/root
 * @throws {Fault} not-found, or invalid where a folder was meant
 */
function locate(root: string, text: string): Place {
  const wantsFolder = /\/\.?$/.test(text);
  const parts = nameOf(text)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const base = wantsFolder || parts.at(-1) === '..' ? '' : (parts.pop() ?? '');
  const top = Folder.open(root);
  try {
    const folder = top.enter(parts.join('/'));
    if (base === '' || folder.status(base)) return { folder, base };
    folder.close();
    throw missing(text);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw missing(text, error);
    if (codeOf(error) === 'ENOTDIR') throw new Fault('invalid', 'not a directory', { cause: error });
    throw error;
  } finally {
    top.close();
  }
}

function missing(path: string, cause?: unknown): Fault {
  return new Fault('not-found', `lstat ${path}: no such file or directory`, { cause });
}

/** HEAD /containers/{id}/archive */
export function statPath(root: string, path: string): PathStat {
  const place = locate(root, path);
  try {
    return describe(place, path);
  } finally {
    place.folder.close();
  }
}

/**
 * GET /containers/{id}/archive: what is there, under its own name, and all below it. The root's name is a slash, which
 * all below it starts with: clients put another name before it.
 */
export function getArchive(root: string, path: string): { stat: PathStat; stream: Readable } {
  const place = locate(root, path);
  const stat = describe(place, path);
  return { stat, stream: Readable.from(content(place, nameOf(stat.name)), { objectMode: false }) };
}

async function* content({ folder, base }: Place, name: string): AsyncGenerator<Buffer> {
  try {
    if (base) return yield* packOne(folder, base, { as: name });
    const status = folder.status('.') as Stats;
    const { uid, gid } = status;
    const mtime = Math.floor(status.mtimeMs / 1000);
    yield encodeHeader(entryOf({ name, type: 'directory', mode: status.mode & 0o7777, uid, gid, mtime }));
    yield* pack(folder.path, { as: name });
  } finally {
    folder.close();
  }
}

function describe({ folder, base }: Place, path: string): PathStat {
  const status = folder.status(base || '.') as Stats;
  const link = status.isSymbolicLink() ? readlinkSync(folder.at(base), { encoding: 'latin1' }) : '';
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return {
    // `/etc/.` is a name of its own to clients: they put another folder's name in the place of the dot.
    name: /(^|\/)\.$/.test(path) ? '.' : (parts.at(-1) ?? '/'),
    size: status.size,
    mode: goMode(status),
    mtime: status.mtime.toISOString(),
    linkTarget: link ? targetOf(parts, textOf(link)) : '',
  };
}

function targetOf(parts: string[], link: string): string {
  const whole: string[] = link.startsWith('/') ? [] : parts.slice(0, -1);
  for (const part of link.split('/')) {
    if (part === '..') whole.pop();
    else if (part !== '' && part !== '.') whole.push(part);
  }
  return `/${whole.join('/')}`;
}

/** Go's fs.FileMode: permissions, and kinds from bit 31 down. */
function goMode(status: Stats): number {
  let mode = status.mode & 0o777;
  const bit = (is: boolean, at: number) => {
    if (is) mode += 2 ** at;
  };
  bit(status.isDirectory(), 31);
  bit(status.isSymbolicLink(), 27);
  bit(status.isBlockDevice() || status.isCharacterDevice(), 26);
  bit(status.isFIFO(), 25);
  bit(status.isSocket(), 24);
  bit((status.mode & 0o4000) !== 0, 23);
  bit((status.mode & 0o2000) !== 0, 22);
  bit(status.isCharacterDevice(), 21);
  bit((status.mode & 0o1000) !== 0, 20);
  return mode;
}

function extractionPoint(root: string, path: string): Place {
  try {
    return locate(root, `${path}/`);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'invalid') throw error;
    throw new Fault('invalid', 'extraction point is not a directory', { cause: error });
  }
}

/**
 * PUT /containers/{id}/archive: unpacks a tar (plain, gzip or zstd) into a folder that is there.
 * @param o noOverwriteDirNonDir: a file never takes a folder's place, nor the reverse; owner: whom all belongs to
 * @throws {Fault} not-found, invalid
 */
export async function putArchive(
  root: string,
  path: string,
  source: AsyncIterable<Uint8Array>,
  o: { noOverwriteDirNonDir?: boolean; owner?: { uid: number; gid: number } } = {},
): Promise<void> {
  const { folder } = extractionPoint(root, path);
  try {
    await unpack(decompress(source), folder.path, {
      devices: true,
      present: true,
      keepKinds: o.noOverwriteDirNonDir ?? false,
      ...(o.owner ? { owner: o.owner } : {}),
    });
  } finally {
    folder.close();
  }
}
