import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '@pontoon/fault';
import type { Runtime } from '../runtime/detect.ts';

/** What conmon says on its sync pipe, one JSON line each: a pid, an exit code, or -1 with the runtime's own words. */
export interface Report {
  data: number;
  message?: string;
}

/** A conmon that was started; it detaches itself, so that neither the engine's end nor its signals reach it. */
export interface Conmon {
  /** Next line of the sync pipe; undefined once conmon is gone. */
  report(): Promise<Report | undefined>;
  /** Resolves when the attach socket of an exec session listens. */
  attachable(): Promise<void>;
  /** Lets it go on: once to begin, once more to start an exec session that was attached to. */
  proceed(): void;
  /** What conmon itself complained of before it detached. */
  complaint(): Promise<string>;
  release(): void;
}

/** Descriptors in the child, after the three standard ones. */
const SYNC = 3;
const START = 4;
const ATTACH = 5;

export function spawnConmon(
  path: string,
  argv: string[],
  o: { directory: string; consoleDirectory: string; runtime: Runtime; moveTo?: (pid: number) => void },
): Conmon {
  const child = o.runtime.startProcess(path, argv, {
    cwd: o.directory,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    // conmon makes its console socket in TMPDIR: not in a place where others may write, nor under too long a name.
    env: {
      PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      TMPDIR: o.consoleDirectory,
      ...o.runtime.environment,
      _OCI_SYNCPIPE: String(SYNC),
      _OCI_STARTPIPE: String(START),
      _OCI_ATTACHPIPE: String(ATTACH),
    },
  });
  const failed = new Promise<never>((_, reject) => child.once('error', (error) => reject(notStarted(error))));
  failed.catch(() => undefined);
  // The type of `stdio` knows five descriptors only.
  const piped: readonly unknown[] = child.stdio;
  const start = piped[START] as Writable;
  const stderr = collect(piped[2] as Readable);
  const reports = lines(piped[SYNC] as Readable);
  const attach = lines(piped[ATTACH] as Readable);
  start.on('error', () => undefined);
  child.once('spawn', () => {
    if (o.moveTo && child.pid !== undefined) o.moveTo(child.pid);
    start.write('\n');
  });
  return {
    report: () => Promise.race([reports(), failed]),
    attachable: async () => void (await Promise.race([attach(), failed])),
    proceed: () => void start.write('\n'),
    complaint: () => stderr,
    release: () => release(child),
  };
}

function notStarted(error: NodeJS.ErrnoException): Fault {
  const how = error.code === 'ENOENT' ? ': install conmon (Debian: apt-get install conmon)' : '';
  return new Fault('internal', `failed to start conmon: ${error.message}${how}`, { cause: error });
}

function release(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  if (!stream.destroyed) await once(stream, 'close').catch(() => undefined);
  return Buffer.concat(chunks).toString().trim();
}

/** Longest line taken: conmon cuts the runtime's words at 8 KiB, each byte escaped at most sixfold. */
const LINE_LIMIT = 64 * 1024;

/** The stream's lines, one a call; undefined at its end. */
function lines(stream: Readable): () => Promise<Report | undefined> {
  const ready: Report[] = [];
  let waiting: ((report: Report | undefined) => void) | undefined;
  let rest = '';
  let ended = false;
  const end = () => {
    ended = true;
    waiting?.(undefined);
    waiting = undefined;
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = (parts.pop() ?? '').slice(0, LINE_LIMIT);
    for (const part of parts) {
      const report = parseReport(part);
      if (!report) continue;
      if (waiting) waiting(report);
      else ready.push(report);
      waiting = undefined;
    }
  });
  stream.on('error', end);
  stream.once('close', end);
  return () => {
    if (ready.length > 0 || ended) return Promise.resolve(ready.shift());
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };
}

export function parseReport(line: string): Report | undefined {
  try {
    const { data, message } = JSON.parse(line) as Record<string, unknown>;
    if (typeof data !== 'number') return undefined;
    return typeof message === 'string' ? { data, message } : { data };
  } catch {
    return undefined;
  }
}
