import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { Fault } from '@pontoon/fault';
import { openInRoot } from '@pontoon/sys';
import type { MountRecord } from '../record.ts';

const run = promisify(execFile);

/**
 * Has every source of a bind be there, and fills each empty volume with what the image has at its destination, owners
 * and modes included: Docker's copy-up.
 */
export async function prepareSources(mounts: MountRecord[], rootfs: string): Promise<void> {
  for (const mount of mounts) {
    if (mount.Type === 'bind') makeDirectory(mount.Source);
    if (mount.Type === 'volume') {
      mkdirSync(mount.Source, { recursive: true });
      if (mount.copyUp && readdirSync(mount.Source).length === 0) await fill(mount, rootfs);
    }
  }
}

/** Docker makes the host's side of `-v /path:…` where nothing is there. */
function makeDirectory(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDONLY | 0o10000000 /* O_PATH: sockets and fifos too */));
  } catch {
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new Fault(
        'internal',
        `error while creating mount source path '${path}': mkdir ${path}: ${error}`,
        {
          cause: error,
        },
      );
    }
  }
}

/** Links in the image are followed inside of it only. */
async function fill(mount: MountRecord, rootfs: string): Promise<void> {
  const root = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  let source: number | undefined;
  try {
    source = openInRoot(root, mount.Destination, constants.O_RDONLY | constants.O_DIRECTORY);
    const { uid, gid, mode } = fstatSync(source);
    await run('cp', ['-a', `/proc/${process.pid}/fd/${source}/.`, mount.Source]);
    chownSync(mount.Source, uid, gid);
    chmodSync(mount.Source, mode & 0o7777);
  } catch (error) {
    // The image has nothing there, or a file: the volume stays empty.
    if (source !== undefined) throw error;
  } finally {
    if (source !== undefined) closeSync(source);
    closeSync(root);
  }
}
