import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../content/digest.ts';
import type { Layers } from '../layer/layers.ts';
import { lookup } from '../layer/lookup.ts';

/**
 * What the runtime mounts upon, and programs expect: moby, daemon/initlayer/setup_unix.go. It is in a layer of its own
 * between image and container, so that it shows neither in `diff` nor in what is committed. One for all containers
 * of an image, since none writes there.
 */
const CONTENT: [path: string, kind: 'folder' | 'file' | { link: string }][] = [
  ['dev/pts', 'folder'],
  ['dev/shm', 'folder'],
  ['proc', 'folder'],
  ['sys', 'folder'],
  ['.dockerenv', 'file'],
  ['etc/resolv.conf', 'file'],
  ['etc/hosts', 'file'],
  ['etc/hostname', 'file'],
  ['dev/console', 'file'],
  ['etc/mtab', { link: '/proc/mounts' }],
];

/** Makes that layer for a stack of layers unless it is there. */
export function ensureInit(layers: Layers, chain: Digest[]): void {
  const top = chain.at(-1);
  if (top === undefined) return;
  const place = layers.initPath(top);
  if (existsSync(place)) return;
  const next = `${place}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { mode: 0o755 });
  const below = chain.map((chainId) => layers.path(chainId)).reverse();
  for (const [path, kind] of CONTENT) add(next, below, path, kind);
  renameSync(next, place);
}

function add(place: string, below: string[], path: string, kind: (typeof CONTENT)[number][1]): void {
  if (lookup(below, path) || !makeAbove(place, below, dirname(path))) return;
  const at = join(place, path);
  if (kind === 'folder') mkdirSync(at, { mode: 0o755, recursive: true });
  else if (kind === 'file') writeFileSync(at, '', { mode: 0o755 });
  else symlinkSync(kind.link, at);
}

/** The folders above, dressed as the image's; false where one of them is no folder there (a link: /etc elsewhere). */
function makeAbove(place: string, below: string[], path: string): boolean {
  const at = join(place, path);
  if (path === '.' || existsSync(at)) return true;
  if (!makeAbove(place, below, dirname(path))) return false;
  const status = lookup(below, path)?.status;
  if (status && !status.isDirectory()) return false;
  mkdirSync(at, { mode: 0o755 });
  if (!status) return true;
  chownSync(at, status.uid, status.gid);
  chmodSync(at, status.mode & 0o7777);
  utimesSync(at, status.atime, status.mtime);
  return true;
}
