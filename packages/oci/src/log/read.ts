import { watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type LogRecord, type OpenLines, parseRecord } from './format.ts';
import { logFiles } from './rotation.ts';
import { findTail } from './tail.ts';

export interface ReadLogOptions {
  /** RFC 3339, UTC, with nanoseconds: compared as text. */
  since?: string;
  until?: string;
  /** The last so many lines only. */
  tail?: number;
  /** Go on as the log grows, until `ended` resolves. */
  follow?: boolean;
  /** The container's end: what it wrote until then is still read. */
  ended?: Promise<unknown>;
  /** The reader is gone. */
  signal?: AbortSignal;
}

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;
/** Rotation renames the file below our feet, which its own watch need not tell: a look now and then. */
const LOOK_ms = 500;

/** A container's log, oldest first, what was rotated away included; nothing where there is none. */
export async function* readLog(path: string, o: ReadLogOptions = {}): AsyncGenerator<LogRecord> {
  const state = { over: false };
  void o.ended?.then(() => {
    state.over = true;
  });
  const { elders, offset } = await beginning(path, o.tail);
  for (const elder of elders) yield* readWhole(elder.path, elder.offset, state, o);
  for (let start = offset; ; start = 0 /* a rotated log starts anew */) {
    const there = yield* readWhole(path, start, state, o, o.follow);
    if (!o.follow || state.over || o.signal?.aborted) return;
    if (!there) await pause(LOOK_ms, o);
  }
}

/** Where to begin for the last `tail` lines, counted from the newest file back. */
async function beginning(path: string, tail: number | undefined) {
  const elders: { path: string; offset: number }[] = [];
  const files = logFiles(path).reverse();
  let wanted = tail ?? Number.POSITIVE_INFINITY;
  let own = 0;
  for (const name of files) {
    const file = wanted > 0 || name === path ? await openIfThere(name) : undefined;
    if (!file) continue;
    const found = tail === undefined ? { offset: 0, lines: 0 } : await findTail(file, wanted);
    await file.close();
    wanted -= found.lines;
    if (name === path) own = found.offset;
    else elders.unshift({ path: name, offset: found.offset });
  }
  return { elders, offset: own };
}

/** One file from an offset on; true if it was there. */
async function* readWhole(
  path: string,
  offset: number,
  state: { over: boolean },
  o: ReadLogOptions,
  follow = false,
): AsyncGenerator<LogRecord, boolean> {
  const file = await openIfThere(path);
  if (!file) return false;
  try {
    yield* readFile(path, file, offset, state, { ...o, follow });
    return true;
  } finally {
    await file.close();
  }
}

async function* readFile(
  path: string,
  file: FileHandle,
  start: number,
  state: { over: boolean },
  o: ReadLogOptions,
): AsyncGenerator<LogRecord> {
  const open: OpenLines = new Set();
  let position = start;
  let replaced = false;
  let rest = Buffer.alloc(0);
  const changed = o.follow ? watchFile(path) : undefined;
  try {
    while (!o.signal?.aborted) {
      const { over } = state;
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, position);
      position += bytesRead;
      if (bytesRead === 0) {
        // Asked before the read: all that was written before the end has been seen.
        if (!o.follow || over) return;
        if (replaced) return;
        // Its writer has gone on in a new file: what it wrote here last may have come after the read.
        replaced = await isReplaced(path, file);
        if (!replaced) await changed?.next(o);
        continue;
      }
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let from = 0;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
        const record = parseRecord(rest.subarray(from, end), open);
        from = end + 1;
        if (!record || (o.since !== undefined && record.time < o.since)) continue;
        if (o.until !== undefined && record.time > o.until) {
          state.over = true;
          return;
        }
        yield record;
      }
      rest = rest.subarray(from);
    }
  } finally {
    changed?.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isReplaced(path: string, file: FileHandle): Promise<boolean> {
  const [there, ours] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
  return there !== undefined && there.ino !== ours.ino;
}

/** Tells of changes since the last call of `next`, so that none between a read and the wait is lost. */
function watchFile(path: string) {
  let news = false;
  let wake = () => {};
  const watcher = watch(path, { persistent: false }, () => {
    news = true;
    wake();
  });
  watcher.on('error', () => wake());
  return {
    async next(o: ReadLogOptions): Promise<void> {
      if (!news) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await pause(LOOK_ms, o, woken);
      }
      news = false;
    },
    close: () => watcher.close(),
  };
}

/** Until the time is up, something happens, or nobody waits any more. */
async function pause(time_ms: number, o: ReadLogOptions, woken?: Promise<void>): Promise<void> {
  let finish = () => {};
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const timer = setTimeout(finish, time_ms);
  o.signal?.addEventListener('abort', finish, { once: true });
  await Promise.race([over, ...(woken ? [woken] : []), ...(o.ended ? [o.ended] : [])]);
  clearTimeout(timer);
  o.signal?.removeEventListener('abort', finish);
}
