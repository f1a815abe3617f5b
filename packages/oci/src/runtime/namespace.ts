import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, messageOf } from '@pontoon/fault';
import { bindMount, inMountNamespace, setPropagation, unmount } from '@pontoon/sys';
import { CGROUP_ROOT } from '../cgroup/mode.ts';

/** A mount namespace kept alive by a file, in which the v2 side of a hybrid host is out of the runtime's sight. */
export interface PinnedNamespace {
  /** Runs synchronous work in it: a process that is started there stays there. */
  within<T>(run: () => T): T;
  /** Makes it anew if the host's mounts have changed where propagation would not have carried the change over. */
  refresh(): void;
}

/**
 * crun up to 1.8 refuses hosts whose v2 tree holds controllers beside v1 ("cgroups in hybrid mode not supported"), so
 * it gets a namespace without that tree. Mounts made later below the run root are seen in it, since the run root is
 * shared and the namespace a slave: mount_namespaces(7).
 * @param prepare what is to be done inside, each time that it is made
 */
export function pinMountNamespace(runRoot: string, prepare: () => void): PinnedNamespace {
  shareRunRoot(runRoot);
  const folder = join(runRoot, 'mnt');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A namespace can be pinned on a private mount only: else it could come to hold itself.
  unmount(folder);
  bindMount(folder, folder);
  setPropagation(folder, 'private');
  const path = join(folder, 'runtime');
  writeFileSync(path, '', { flag: 'a', mode: 0o600 });
  const pin = () => {
    unmount(path);
    unshare(path);
    inMountNamespace(path, prepare);
    return mountsOutside(runRoot);
  };
  let seen = pin();
  return {
    within: (run) => inMountNamespace(path, run),
    refresh: () => {
      if (mountsOutside(runRoot) !== seen) seen = pin();
    },
  };
}

function unshare(path: string): void {
  // -l: what still looks at the tree must not stop it from being taken out of sight.
  const argv = [`--mount=${path}`, '--propagation', 'slave', 'umount', '-l', `${CGROUP_ROOT}/unified`];
  try {
    execFileSync('unshare', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    // Node's message has the command and what it wrote.
    const what = `make a mount namespace for the runtime: ${messageOf(error).trim()}`;
    throw new Fault('internal', what, { cause: error });
  }
}

function shareRunRoot(runRoot: string): void {
  const line = mountTable().find((fields) => fields[4] === runRoot);
  if (!line) bindMount(runRoot, runRoot, { recursive: true });
  if (!line?.some((field) => field.startsWith('shared:'))) setPropagation(runRoot, 'shared');
}

/** Identity of all mounts that are not the engine's own. */
function mountsOutside(runRoot: string): string {
  const outside = mountTable().filter(([, , , , point = '']) => !`${point}/`.startsWith(`${runRoot}/`));
  return outside.map(([id, , device, , point]) => `${id} ${device} ${point}`).join('\n');
}

function mountTable(): string[][] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(' '));
}
