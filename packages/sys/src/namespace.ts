import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { must } from './ffi.ts';
import { bindMount, unmount } from './mount.ts';

const CLONE_NEWNET = 0x40000000;
/** Of the calling thread, not of the process: setns(2) moves a thread. */
const OWN = '/proc/thread-self/ns/net';

/**
 * A new network namespace, bind-mounted on `path` so that it lives without a process: `ip netns add`, network_namespaces(7).
 * Its `lo` is down.
 * @throws {SystemError} EPERM without CAP_SYS_ADMIN; nothing is left behind
 */
export function createNamespace(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, '', { flag: 'a', mode: 0o444 });
  const home = openSync(OWN, 'r');
  try {
    must('unshare', CLONE_NEWNET);
    try {
      bindMount(OWN, path);
    } finally {
      enter(home);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(home);
  }
}

/** Undoes `createNamespace`; a namespace that is gone is fine. It lives on while a process or a socket is in it. */
export function removeNamespace(path: string): void {
  // A crash between two mounts can have stacked them.
  while (unmount(path)) {}
  rmSync(path, { force: true });
}

/**
 * Runs `run` inside the namespace: setns(2). Only for synchronous work: Node's promises go on in other threads. Sockets
 * that `run` opens stay in that namespace for ever.
 */
export function inNamespace<T>(path: string, run: () => T): T {
  const home = openSync(OWN, 'r');
  try {
    const inside = openSync(path, 'r');
    try {
      must('setns', inside, CLONE_NEWNET);
    } finally {
      closeSync(inside);
    }
    try {
      return run();
    } finally {
      enter(home);
    }
  } finally {
    closeSync(home);
  }
}

/** Back home. If that fails, work would go on in a wrong namespace, which is worse than a restart. */
function enter(home: number): void {
  try {
    must('setns', home, CLONE_NEWNET);
  } catch (error) {
    process.stderr.write(`cannot return to the host's network namespace: ${String(error)}\n`);
    process.abort();
  }
}
