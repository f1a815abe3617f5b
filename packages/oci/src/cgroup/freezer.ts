import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@pontoon/fault';
import { cgroupMode } from './mode.ts';
import { type CgroupFolders, readText } from './paths.ts';

/** How long the kernel may take to stop every task of a group. */
const PATIENCE_MS = 5000;

export function isFrozen(folders: CgroupFolders): boolean {
  if (cgroupMode() === 'v2') return /^frozen 1$/m.test(readText(join(folders.of(''), 'cgroup.events')));
  return readText(join(folders.of('freezer'), 'freezer.state')).trim() === 'FROZEN';
}

/** Freezing takes effect when the last task has stopped, which a file tells and no event does: on v1 it is polled. */
export async function setFrozen(folders: CgroupFolders, frozen: boolean): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  writeState(folders, frozen);
  while (isFrozen(folders) !== frozen) {
    if (Date.now() > until) {
      writeState(folders, false);
      throw new Fault(
        'internal',
        `failed to ${frozen ? 'freeze' : 'thaw'} the container's processes in time`,
      );
    }
    await sleep(2);
    // A task that forked meanwhile can leave a v1 group half frozen: Documentation/admin-guide/cgroup-v1/freezer-subsystem
    if (cgroupMode() !== 'v2') writeState(folders, frozen);
  }
}

function writeState(folders: CgroupFolders, frozen: boolean): void {
  if (cgroupMode() === 'v2') writeFileSync(join(folders.of(''), 'cgroup.freeze'), frozen ? '1' : '0');
  else writeFileSync(join(folders.of('freezer'), 'freezer.state'), frozen ? 'FROZEN' : 'THAWED');
}
