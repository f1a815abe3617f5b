import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { SystemError } from './errors.ts';
import { attempt } from './ffi.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;

/** Held by the open file: the kernel frees it when the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * flock(2), exclusive, without waiting; the file then holds the pid of its owner.
 * @returns undefined where another process holds it
 */
export function lockFile(path: string): Lock | undefined {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  const result = attempt('flock', descriptor, LOCK_EX | LOCK_NB);
  if (result < 0) {
    closeSync(descriptor);
    if (result === -EWOULDBLOCK) return undefined;
    throw new SystemError('flock', -result, path);
  }
  ftruncateSync(descriptor);
  writeSync(descriptor, `${process.pid}\n`);
  return { release: () => closeSync(descriptor) };
}
