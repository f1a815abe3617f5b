import { type FSWatcher, mkdirSync, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { outOfMemoryKills } from '../cgroup/statistics.ts';
import { bundleOf, type Context, exists, exitsOf, foldersOf, placesOf, readRecord } from './record.ts';

/** How a container ended. */
export interface ExitStatus {
  /** 0–255; 128 + the signal's number where a signal ended it. */
  code: number;
  at: Date;
  /** The kernel killed a process of it for want of memory. */
  oom: boolean;
}

export type ExitListener = (id: string, exit: ExitStatus) => void;

/** conmon writes a temporary file `<id>.XXXXXX` first: g_file_set_contents. */
const TEMPORARY = /\.[A-Za-z0-9]{6}$/;

/** Watches the folder in which conmon leaves one file a container, named by id, with the exit code in it. */
export class Exits {
  readonly #context: Context;
  readonly #listeners = new Set<ExitListener>();
  readonly #told = new Set<string>();
  readonly #watcher: FSWatcher;

  constructor(context: Context) {
    this.#context = context;
    const folder = exitsOf(context);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // What is there already is asked for with `exitOf`, not told as news.
    for (const name of readdirSync(folder)) this.#told.add(name);
    this.#watcher = watch(folder, { persistent: false }, (_, name) => name && this.#look(name));
    this.#watcher.on('error', (error) =>
      context.log('error', 'watching for exits failed', { error: String(error) }),
    );
  }

  add(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A container of that id is about to be made anew, or is gone. */
  forget(id: string): void {
    this.#told.delete(id);
  }

  close(): void {
    this.#watcher.close();
  }

  #look(name: string): void {
    if (this.#told.has(name) || TEMPORARY.test(name)) return;
    const exit = readExit(this.#context, name);
    if (!exit) return;
    this.#told.add(name);
    for (const listener of [...this.#listeners]) listener(name, exit);
  }
}

/** How a container ended, if it did; known for as long as the container is not deleted. */
export function readExit(context: Context, id: string): ExitStatus | undefined {
  const end = readEnd(context, id);
  return end && { ...end, oom: wasOutOfMemory(context, id) };
}

export function hasExited(context: Context, id: string): boolean {
  return readEnd(context, id) !== undefined;
}

function readEnd(context: Context, id: string): Pick<ExitStatus, 'code' | 'at'> | undefined {
  const path = join(exitsOf(context), id);
  const stat = statSync(path, { throwIfNoEntry: false });
  // Nothing but conmon writes there, and a code has at most three digits: whatever else it is, it is no exit.
  if (!stat?.isFile() || stat.size > 16) return undefined;
  const code = parseExit(readFileSync(path, 'utf8'));
  return code === undefined ? undefined : { code, at: stat.mtime };
}

export function parseExit(text: string): number | undefined {
  const [digits] = /^-?\d{1,3}$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const code = Number(digits);
  return code >= 0 && code <= 255 ? code : 255;
}

/** conmon's note may come late or never where the whole group dies at once; the kernel's own count does not. */
function wasOutOfMemory(context: Context, id: string): boolean {
  if (exists(placesOf(context, id).oomFile)) return true;
  const record = readRecord(bundleOf(context, id));
  return record !== undefined && outOfMemoryKills(foldersOf(record)) > 0;
}
