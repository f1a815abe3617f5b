import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { unmount } from '@pontoon/sys';
import { mountOverlay } from './overlay.ts';

const VIEW = '.view-';

/**
 * Mounts folders upon each other to be read, at a place of its own, so that it is nothing to the container's mount.
 * @param folders the uppermost first
 */
export function mountView(mounts: string, folders: string[]): { path: string; close(): void } {
  const path = join(mounts, VIEW + randomBytes(6).toString('hex'));
  mkdirSync(path);
  const close = () => {
    unmount(path);
    rmdirSync(path);
  };
  try {
    // overlayfs without an upper folder wants two below, so there is an empty one: the mount point itself.
    mountOverlay({ lower: [path, ...folders], merged: path });
  } catch (error) {
    close();
    throw error;
  }
  return { path, close };
}

/** Views that a crash left. */
export function removeViews(mounts: string): void {
  for (const name of readdirSync(mounts).filter((name) => name.startsWith(VIEW))) {
    unmount(join(mounts, name));
    rmdirSync(join(mounts, name));
  }
}
