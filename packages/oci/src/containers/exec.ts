import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { type AttachedStreams, attachTo } from '../attach/streams.ts';
import { execArguments, type Places, placesIn } from '../conmon/arguments.ts';
import { moveOutOfEngine } from '../conmon/cgroup.ts';
import { type Conmon, spawnConmon } from '../conmon/spawn.ts';
import { startFault } from '../runtime/errors.ts';
import type { ProcessSpec } from '../spec/build.ts';
import { type Context, consolesOf, isAlive, requireRecord, runtimeOf, sessionOf } from './record.ts';

export interface ExecOptions {
  execId: string;
  process: ProcessSpec;
  terminal: boolean;
  stdin: boolean;
  /** Have streams to the process; without them its output is lost, as with `docker exec --detach`. */
  attach: boolean;
  detachKeys?: string;
}

export interface ExecSession {
  pid: number;
  streams?: AttachedStreams;
  /** Exit code; 128 + the signal's number where a signal ended it. */
  exited: Promise<number>;
}

/**
 * A further process in a running container, attached to before its first instruction, so that no output is lost.
 * @throws {StartFault} with Docker's text where the command can't be run
 */
export async function execIn(context: Context, id: string, o: ExecOptions): Promise<ExecSession> {
  const record = requireRecord(context, id);
  if (!isAlive(record)) throw new Fault('conflict', `container ${id} is not running`);
  const within = { ...context, runtime: await runtimeOf(context, record) };
  const folder = sessionOf(context, o.execId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const places = placesIn(folder);
  let conmon: Conmon | undefined;
  let streams: AttachedStreams | undefined;
  const undo = () => {
    streams?.close();
    conmon?.release();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    conmon = start(within, id, o, places);
    conmon.proceed();
    await conmon.attachable();
    const { promise: before, resolve: settle } = Promise.withResolvers<void>();
    streams = o.attach ? attachTo(places.attachSocket, { ...o, before }) : undefined;
    conmon.proceed();
    const pid = await pidOf(within, conmon, o);
    const exited = exitOf(conmon, folder);
    // After the owner's own `then`, so that what it keeps of the code is there when the output ends.
    void exited.then(() => setImmediate(settle));
    return { pid, ...(streams ? { streams } : {}), exited };
  } catch (error) {
    undo();
    throw error;
  }
}

function start(context: Context, id: string, o: ExecOptions, places: Places): Conmon {
  const processFile = join(places.bundle, 'process.json');
  writeFileSync(processFile, JSON.stringify(o.process), { mode: 0o600 });
  const argv = execArguments({
    ...{ id, runtime: context.runtime.command, places, processFile },
    ...{ terminal: o.terminal, stdin: o.stdin, leaveStdinOpen: o.terminal },
  });
  return spawnConmon(context.conmon, argv, {
    directory: places.bundle,
    consoleDirectory: consolesOf(context),
    runtime: context.runtime,
    moveTo: moveOutOfEngine(),
  });
}

async function pidOf(context: Context, conmon: Conmon, o: ExecOptions): Promise<number> {
  const report = await conmon.report();
  if (report && report.data > 0) return report.data;
  const words = report?.message ?? (await conmon.complaint());
  throw startFault('exec', o.process.args[0] ?? '', words, context.runtime.kind);
}

async function exitOf(conmon: Conmon, folder: string): Promise<number> {
  const report = await conmon.report();
  conmon.release();
  rmSync(folder, { recursive: true, force: true });
  // conmon itself was killed: what became of the process can't be known.
  return report ? report.data & 0xff : 255;
}
