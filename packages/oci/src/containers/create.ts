import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { createArguments, type LogTarget, placesIn } from '../conmon/arguments.ts';
import { moveOutOfEngine } from '../conmon/cgroup.ts';
import { spawnConmon } from '../conmon/spawn.ts';
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
  spec: Spec;
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
  const record = {
    ...{ terminal: o.terminal, stdin: o.stdin, leaveStdinOpen: o.terminal || !o.stdinOnce },
    ...rotation(o.log),
  };
  const filter = JSON.stringify(o.spec.linux.seccomp);
  try {
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(withFilter(context, o.spec, filter)), {
      mode: 0o600,
    });
    if (o.spec.mounts.some((mount) => mount.type === 'bind')) context.runtime.seeNewMounts();
    const pid = await start(context, o, bundle, record.leaveStdinOpen);
    writeRecord(bundle, {
      ...record,
      pid,
      startTime: startTimeOf(pid) ?? 0,
      cgroup: o.spec.linux.cgroupsPath,
    });
    keepFilter(context, o.id, filter);
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

async function start(
  context: Context,
  o: CreateOptions,
  bundle: string,
  leaveStdinOpen: boolean,
): Promise<number> {
  const argv = createArguments({
    ...{ id: o.id, runtime: context.runtime.command, places: placesIn(bundle) },
    ...{ terminal: o.terminal, stdin: o.stdin, leaveStdinOpen },
    ...{ exitDirectory: exitsOf(context), log: o.log },
  });
  const conmon = spawnConmon(context.conmon, argv, {
    directory: bundle,
    consoleDirectory: consolesOf(context),
    runtime: context.runtime,
    moveTo: moveOutOfEngine(),
  });
  try {
    const report = await conmon.report();
    if (report && report.data > 0) return report.data;
    const words = report?.message ?? (await conmon.complaint());
    throw startFault('create', o.spec.process.args[0] ?? '', words, context.runtime.kind);
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

function withFilter(context: Context, spec: Spec, profile: string | undefined): Spec {
  const ready = profile && context.filters.get(profile);
  return ready ? { ...spec, annotations: { ...spec.annotations, [FILTER_ANNOTATION]: ready } } : spec;
}

function keepFilter(context: Context, id: string, profile: string | undefined): void {
  if (!profile || context.runtime.kind !== 'crun' || context.filters.has(profile)) return;
  try {
    context.filters.set(profile, readFileSync(join(stateOf(context, id), 'seccomp.bpf')).toString('base64'));
  } catch (error) {
    context.log('debug', 'no compiled seccomp filter to keep', { error: String(error) });
  }
}
