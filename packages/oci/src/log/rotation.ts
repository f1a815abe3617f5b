import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

/** A log that is moved aside when it has grown enough: Docker's max-size and max-file. */
export interface Rotation {
  path: string;
  maxBytes: number;
  /** How many files there may be, the one written to included; at least 2. */
  maxFiles: number;
}

/** Past names of a log, oldest first, then its own: `log.2 log.1 log`. */
export function logFiles(path: string): string[] {
  const files = [path];
  for (let age = 1; existsSync(aged(path, age)); age++) files.unshift(aged(path, age));
  return files;
}

/** Renames the log and its elders one on, so that its writer can begin anew; false while it is small enough. */
export function rotate({ path, maxBytes, maxFiles }: Rotation): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < maxBytes) return false;
  rmSync(aged(path, maxFiles - 1), { force: true });
  for (let age = maxFiles - 2; age >= 0; age--) {
    if (existsSync(aged(path, age))) renameSync(aged(path, age), aged(path, age + 1));
  }
  return true;
}

function aged(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age}`;
}
