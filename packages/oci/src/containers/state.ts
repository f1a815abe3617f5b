import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { isFrozen, setFrozen } from '../cgroup/freezer.ts';
import { cgroupProcesses } from '../cgroup/paths.ts';
import { readStatistics, type Statistics } from '../cgroup/statistics.ts';
import { runRuntime } from '../runtime/run.ts';
import { hostFacts } from '../spec/host.ts';
import { linuxResources, type Resources } from '../spec/resources.ts';
import {
  bundleOf,
  type Context,
  exists,
  foldersOf,
  isAlive,
  placesOfEither,
  readRecord,
  requireRecord,
  runtimeOf,
  stateOf,
} from './record.ts';

export interface ContainerState {
  status: 'created' | 'running' | 'paused' | 'stopped';
  /** 0 where it is stopped. */
  pid: number;
}

/** Undefined: the runtime holds nothing of that id. */
export function stateOfContainer(context: Context, id: string): ContainerState | undefined {
  const record = readRecord(bundleOf(context, id));
  if (!record) return undefined;
  if (!isAlive(record)) return { status: 'stopped', pid: 0 };
  // Both runtimes remove the fifo when the container is started.
  const waits = exists(join(stateOf(context, id), 'exec.fifo'));
  const status = waits ? 'created' : isFrozen(foldersOf(record)) ? 'paused' : 'running';
  return { status, pid: record.pid };
}

/**
 * To the container's first process.
 * @param signal a number, or a name with or without `SIG`
 */
export function killContainer(context: Context, id: string, signal: number | string): void {
  const record = requireRecord(context, id);
  if (!isAlive(record)) throw new Fault('conflict', `Container ${id} is not running`);
  process.kill(record.pid, signalNumber(signal));
}

/**
 * Also real-time signals, which Node has no names for: signal(7).
 * @throws {Fault} invalid, with Docker's text
 */
export function signalNumber(signal: number | string): number {
  const text = String(signal).toUpperCase();
  const known = os.signals as Record<string, number>;
  const number = /^\d+$/.test(text) ? Number(text) : (known[text] ?? known[`SIG${text}`] ?? realTime(text));
  if (!number || number > RTMAX) throw new Fault('invalid', `Invalid signal: ${signal}`);
  return number;
}

const RTMIN = 34;
const RTMAX = 64;

function realTime(text: string): number | undefined {
  const [, end, offset = '0'] = /^(?:SIG)?RT(MIN|MAX)([+-]\d+)?$/.exec(text) ?? [];
  if (!end) return undefined;
  const number = (end === 'MIN' ? RTMIN : RTMAX) + Number(offset);
  return number >= RTMIN && number <= RTMAX ? number : undefined;
}

export async function pauseContainer(context: Context, id: string, paused: boolean): Promise<void> {
  await setFrozen(foldersOf(requireRecord(context, id)), paused);
}

export async function updateContainer(context: Context, id: string, resources: Resources): Promise<void> {
  const runtime = await runtimeOf(context, requireRecord(context, id));
  const file = join(bundleOf(context, id), 'resources.json');
  writeFileSync(file, JSON.stringify(linuxResources(resources, hostFacts().supports)), { mode: 0o600 });
  await runRuntime(runtime, ['update', '--resources', file, id]);
}

/** Pids on the host, the first process's first. */
export function processesOf(context: Context, id: string): number[] {
  const record = requireRecord(context, id);
  const others = cgroupProcesses(foldersOf(record)).filter((pid) => pid !== record.pid);
  return isAlive(record) ? [record.pid, ...others] : others;
}

export function statisticsOf(context: Context, id: string): Statistics {
  return readStatistics(foldersOf(requireRecord(context, id)));
}

/** Messages of conmon's control fifo: its src/ctrl.c. */
const RESIZE = 1;
const REOPEN_LOG = 2;

/** A terminal's size, of a container or an exec session. */
export function resizeTerminal(context: Context, id: string, o: { rows: number; columns: number }): void {
  // conmon refuses more than 1000 of either, and with it all that waits in the fifo.
  const [rows, columns] = [o.rows, o.columns].map((value) =>
    Math.max(0, Math.min(1000, Math.trunc(value) || 0)),
  );
  tell(placesOfEither(context, id).controlFifo, `${RESIZE} ${rows} ${columns}\n`);
}

/** Has conmon go on in a new log file, after the old one was moved away. */
export function reopenLog(context: Context, id: string): void {
  tell(placesOfEither(context, id).controlFifo, `${REOPEN_LOG} 0 0\n`);
}

function tell(fifo: string, message: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Fault('conflict', 'the container or exec session is not running', { cause: error });
  }
  try {
    writeSync(descriptor, message);
  } finally {
    closeSync(descriptor);
  }
}
