import { closeSync, openSync } from 'node:fs';
import { must } from './ffi.ts';

/** include/uapi/linux/sched.h */
const CLONE_FS = 0x200;
const CLONE_NEWNS = 0x20000;
const OWN = '/proc/thread-self/ns/mnt';

/**
 * Runs `run` inside a pinned mount namespace: setns(2), `nsenter --mount=PATH`. Only for synchronous work, such as
 * starting a process, which then stays there.
 * @throws {SystemError} EINVAL where PATH is no mount namespace
 */
export function inMountNamespace<T>(path: string, run: () => T): T {
  // A thread can move only if it shares its root and working folder with no other. Any thread it starts shares them
  // again, and libuv starts its own when it likes: so each time anew.
  must('unshare', CLONE_FS);
  const folder = process.cwd();
  const home = openSync(OWN, 'r');
  try {
    const inside = openSync(path, 'r');
    try {
      must('setns', inside, CLONE_NEWNS);
    } finally {
      closeSync(inside);
    }
    try {
      return run();
    } finally {
      enter(home, folder);
    }
  } finally {
    closeSync(home);
  }
}

/** Back home; setns has also moved the working folder, to the root. Work in a wrong place is worse than a restart. */
function enter(home: number, folder: string): void {
  try {
    must('setns', home, CLONE_NEWNS);
    process.chdir(folder);
  } catch (error) {
    process.stderr.write(`cannot return to the host's mount namespace: ${String(error)}\n`);
    process.abort();
  }
}
