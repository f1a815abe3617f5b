import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { createArguments, type LogTarget, placesIn } from '../conmon/arguments.ts';
import { moveOutOfEngine } from '../conmon/cgroup.ts';
import { type Conmon, spawnConmon } from '../conmon/spawn.ts';
import type { Rotation } from '../log/rotation.ts';
import { startFault } from '../runtime/errors.ts';
import type { Spec } from '../spec/build.ts';
import {
  bundleOf,
  type Context,
  consolesOf,
  exitsOf,
  isAlive,
  readRecord,
  startTimeOf,
  stateOf,
  writeRecord,
} from './record.ts';

export interface CreateOptions {
  id: string;
  /** Makes what it is to be, while conmon starts up: all that the runtime needs is there when this is done. */
  spec: () => Spec;
  terminal: boolean;
  /** Whether the process gets a stdin that can be written to. */
  stdin: boolean;
  /** Docker's StdinOnce: the first client's end of input is the process's. */
  stdinOnce?: boolean;
  /** Where output goes; nowhere where absent. */
  log?: LogTarget;
}

/**
 * The container up to its first instruction: namespaces, mounts and control groups are there, the process waits.
 * @throws {StartFault} with Docker's text where the command can't be run
 */
export async function createContainer(context: Context, o: CreateOptions): Promise<{ pid: number }> {
  const bundle = bundleOf(context, o.id);
  clear(context, o.id, bundle);
  const options = {
    ...{ terminal: o.terminal, stdin: o.stdin, leaveStdinOpen: o.terminal || !o.stdinOnce },
    ...rotation(o.log),
  };
  try {
    context.runtime.seeNewMounts();
    const conmon = start(context, o, bundle, options.leaveStdinOpen);
    const spec = specFor(conmon, o);
    const { kind: runtime } = context.runtime;
    const record = { ...options, runtime, pid: 0, startTime: 0, cgroup: spec.linux.cgroupsPath };
    // Should this process end before it knows the pid, the group still leads to what the runtime has made.
    writeRecord(bundle, record);
    writeSpec(context, spec, bundle);
    const pid = await pidOf(context, conmon, spec);
    writeRecord(bundle, { ...record, pid, startTime: startTimeOf(pid) ?? 0 });
    keepFilter(context, o.id, spec);
    return { pid };
  } catch (error) {
    rmSync(bundle, { recursive: true, force: true });
    throw error;
  }
}

function rotation(log: LogTarget | undefined): { rotation?: Rotation } {
  if (!log?.maxBytes || (log.maxFiles ?? 1) < 2) return {};
  return { rotation: { path: log.path, maxBytes: log.maxBytes, maxFiles: log.maxFiles ?? 1 } };
}

/** What an earlier container of that id left, if its process is gone. */
function clear(context: Context, id: string, bundle: string): void {
  const earlier = readRecord(bundle);
  if (earlier && isAlive(earlier)) throw new Fault('conflict', `container ${id} is already running`);
  for (const path of [bundle, join(exitsOf(context), id), stateOf(context, id)]) {
    rmSync(path, { recursive: true, force: true });
  }
  mkdirSync(bundle, { recursive: true, mode: 0o700 });
}

function start(context: Context, o: CreateOptions, bundle: string, leaveStdinOpen: boolean): Conmon {
  const argv = createArguments({
    ...{ id: o.id, runtime: context.runtime.command, places: placesIn(bundle) },
    ...{ terminal: o.terminal, stdin: o.stdin, leaveStdinOpen },
    ...{ exitDirectory: exitsOf(context), log: o.log },
  });
  return spawnConmon(context.conmon, argv, {
    directory: bundle,
    consoleDirectory: consolesOf(context),
    runtime: context.runtime,
    moveTo: moveOutOfEngine(),
  });
}

function specFor(conmon: Conmon, { spec }: CreateOptions): Spec {
  try {
    return spec();
  } catch (error) {
    conmon.abandon();
    throw error;
  }
}

async function pidOf(context: Context, conmon: Conmon, spec: Spec): Promise<number> {
  try {
    conmon.proceed();
    const report = await conmon.report();
    if (report && report.data > 0) return report.data;
    const words = report?.message ?? (await conmon.complaint());
    throw startFault('create', spec.process.args[0] ?? '', words, context.runtime.kind);
  } finally {
    conmon.release();
  }
}

/**
 * Compiling a seccomp profile takes libseccomp about 12 ms of a 40 ms create. crun leaves the compiled filter in its
 * state folder and takes one ready-made in an annotation (crun(1), "run.oci.seccomp_bpf_data"): so each profile is
 * compiled once a daemon's life.
 */
const FILTER_ANNOTATION = 'run.oci.seccomp_bpf_data';

function writeSpec(context: Context, spec: Spec, bundle: string): void {
  const ready = context.filters.get(profileOf(spec));
  const told = ready ? withFilter(spec, ready) : spec;
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(told), { mode: 0o600 });
}

/** The profile's calls, the larger half of the file, are then read by nobody; its flags still are. */
function withFilter({ annotations, linux, ...spec }: Spec, filter: string): Spec {
  const seccomp = linux.seccomp && { ...linux.seccomp, syscalls: [] };
  return {
    ...spec,
    annotations: { ...annotations, [FILTER_ANNOTATION]: filter },
    linux: { ...linux, ...(seccomp ? { seccomp } : {}) },
  };
}

function keepFilter(context: Context, id: string, spec: Spec): void {
  const profile = profileOf(spec);
  if (profile === '' || context.runtime.kind !== 'crun' || context.filters.has(profile)) return;
  try {
    context.filters.set(profile, readFileSync(join(stateOf(context, id), 'seccomp.bpf')).toString('base64'));
  } catch (error) {
    context.log('debug', 'no compiled seccomp filter to keep', { error: String(error) });
  }
}

function profileOf({ linux: { seccomp } }: Spec): string {
  return seccomp ? JSON.stringify(seccomp) : '';
}
