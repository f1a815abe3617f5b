import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Fault, messageOf } from '@pontoon/fault';
import { reap, SystemError, spawnProcess } from '@pontoon/sys';
import type { Runtime } from '../runtime/detect.ts';
import { type Incoming, incoming, type Outgoing, outgoing } from './pipes.ts';

/** What conmon says on its sync pipe, one JSON line each: a pid, an exit code, or -1 with the runtime's own words. */
export interface Report {
  data: number;
  message?: string;
}

/**
 * A conmon that was started, and waits: its own start takes as long as much of what the runtime needs. Once let go on
 * it detaches itself, so that neither the engine's end nor its signals reach it.
 */
export interface Conmon {
  /** Next line of the sync pipe; undefined once conmon is gone. */
  report(): Promise<Report | undefined>;
  /** Resolves when the attach socket of an exec session listens. */
  attachable(): Promise<void>;
  /** Lets it go on: once to call the runtime, once more to start an exec session that was attached to. */
  proceed(): void;
  /** Ends one that was not let go on. */
  abandon(): void;
  /** What conmon itself complained of before it detached. */
  complaint(): Promise<string>;
  release(): void;
}

export interface ConmonOptions {
  directory: string;
  consoleDirectory: string;
  runtime: Runtime;
  /** What is done with conmon's pid before it begins. */
  moveTo: ((pid: number) => void) | undefined;
}

/** @throws {Fault} internal, where conmon is not there or can't be executed */
export function spawnConmon(path: string, argv: string[], o: ConmonOptions): Conmon {
  const pipes: (Incoming | Outgoing)[] = [];
  const kept = <Pipe extends Incoming | Outgoing>(pipe: Pipe): Pipe => {
    pipes.push(pipe);
    return pipe;
  };
  const release = () => {
    for (const pipe of pipes.splice(0)) pipe.close();
  };
  try {
    // In the child: 2, and those that its environment names.
    const [errors, sync] = [kept(incoming()), kept(incoming())];
    const [start, attach] = [kept(outgoing()), kept(incoming())];
    const pid = spawn(path, argv, o, [null, null, ...pipes.map(({ there }) => there)]);
    for (const pipe of pipes) pipe.given();
    o.moveTo?.(pid);
    forget(pid);
    return {
      report: lines(sync.stream()),
      attachable: async () => void (await lines(attach.stream())()),
      proceed: () => start.say('\n'),
      complaint: async () => (await text(errors.stream()).catch(() => '')).trim(),
      release,
      abandon() {
        if (!reap(pid)) process.kill(pid, 'SIGKILL');
        release();
      },
    };
  } catch (error) {
    release();
    throw notStarted(error);
  }
}

function spawn(path: string, argv: string[], o: ConmonOptions, descriptors: (number | null)[]): number {
  // conmon makes its console socket in TMPDIR: not in a place where others may write, nor under too long a name.
  const environment = {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    TMPDIR: o.consoleDirectory,
    ...o.runtime.environment,
    ...{ _OCI_SYNCPIPE: '3', _OCI_STARTPIPE: '4', _OCI_ATTACHPIPE: '5' },
  };
  const { directory } = o;
  return o.runtime.within(() => spawnProcess(path, argv, { directory, environment, descriptors }));
}

/** conmon's first process ends as soon as it has detached the second, which no longer is a child of this one. */
function forget(pid: number, pause_ms = 25): void {
  const look = () => reap(pid) || forget(pid, Math.min(pause_ms * 2, 1000));
  setTimeout(look, pause_ms).unref();
}

function notStarted(error: unknown): Fault {
  const missing = error instanceof SystemError && error.code === 'ENOENT';
  const how = missing ? ': install conmon (Debian: apt-get install conmon)' : '';
  return new Fault('internal', `failed to start conmon: ${messageOf(error)}${how}`, { cause: error });
}

/** Longest line taken: conmon cuts the runtime's words at 8 KiB, each byte escaped at most sixfold. */
const LINE_LIMIT = 64 * 1024;

/** The stream's lines, one a call; undefined at its end. */
function lines(stream: Socket): () => Promise<Report | undefined> {
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
