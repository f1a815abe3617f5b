import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { type CgroupFolders, cgroupFolders, readText } from '../cgroup/paths.ts';
import { type Places, placesIn } from '../conmon/arguments.ts';
import type { Rotation } from '../log/rotation.ts';
import { detectRuntime, type Runtime, type RuntimeKind } from '../runtime/detect.ts';

/** What every verb needs: the programs, the folders, and where to say what went wrong. */
export interface Context {
  runtime: Runtime;
  /** The other one, once a container of its making is met. */
  earlier?: Runtime;
  conmon: string;
  runRoot: string;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string, fields?: Record<string, unknown>): void;
  /** Compiled seccomp filters, base64, by the profile's JSON. */
  filters: Map<string, string>;
}

/** What must be remembered of a container that a runtime holds, past the end of this process. */
export interface RuntimeRecord {
  /** Which one made it: no other can join it. */
  runtime?: RuntimeKind;
  pid: number;
  /** Clock ticks after boot: with the pid it names one process for good, since pids come round again. */
  startTime: number;
  cgroup: string;
  terminal: boolean;
  stdin: boolean;
  leaveStdinOpen: boolean;
  rotation?: Rotation;
}

export const bundleOf = (context: Context, id: string) => join(context.runRoot, 'bundles', safe(id));
export const exitsOf = (context: Context) => join(context.runRoot, 'exits');
export const sessionOf = (context: Context, execId: string) => join(context.runRoot, 'exec', safe(execId));
export const stateOf = (context: Context, id: string) => join(context.runtime.stateRoot, safe(id));

/** The folder for console sockets, whose whole path must fit in sun_path: unix(7). */
export function consolesOf(context: Context): string {
  const folder = join(context.runRoot, 'tty');
  return Buffer.byteLength(`${folder}/conmon-term.XXXXXX`) < 108 ? folder : '/run';
}

/** An id becomes part of a path: it can't be allowed to lead elsewhere. */
function safe(id: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(id))
    throw new Fault('invalid', `invalid container id: ${id}`);
  return id;
}

export function placesOf(context: Context, id: string): Places {
  return placesIn(bundleOf(context, id));
}

/** Either a container's folder or an exec session's. */
export function placesOfEither(context: Context, id: string): Places {
  const session = sessionOf(context, id);
  return existsSync(session) ? placesIn(session) : placesOf(context, id);
}

const RECORD = 'container.json';

export function writeRecord(bundle: string, record: RuntimeRecord): void {
  writeFileSync(join(bundle, RECORD), JSON.stringify(record), { mode: 0o600 });
}

export function readRecord(bundle: string): RuntimeRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(bundle, RECORD), 'utf8')) as RuntimeRecord;
  } catch {
    return undefined;
  }
}

/** @throws {Fault} not-found */
export function requireRecord(context: Context, id: string): RuntimeRecord {
  const record = readRecord(bundleOf(context, id));
  if (!record) throw new Fault('not-found', `container ${id} is not known to the runtime`);
  return record;
}

export function foldersOf(record: RuntimeRecord): CgroupFolders {
  return cgroupFolders(record.cgroup);
}

/** Field 22 of /proc/PID/stat, counted from behind the name, which may hold anything: proc(5). */
export function startTimeOf(pid: number): number | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (stat === '' || state === 'Z' || state === 'X') return undefined;
  return Number(fields[19]);
}

/** Whether the container's first process still is that process. */
export function isAlive({ pid, startTime }: Pick<RuntimeRecord, 'pid' | 'startTime'>): boolean {
  return startTimeOf(pid) === startTime;
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The runtime that made a container: an earlier engine's may have been another. @throws {Fault} where it is gone */
export async function runtimeOf(context: Context, { runtime }: RuntimeRecord): Promise<Runtime> {
  if (runtime === undefined || runtime === context.runtime.kind) return context.runtime;
  context.earlier ??= await detectRuntime({ runRoot: context.runRoot, wanted: runtime });
  return context.earlier;
}
