import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@pontoon/fault';
import { hybridHasControllers } from '../cgroup/mode.ts';
import type { RuntimeCommand } from '../conmon/arguments.ts';
import { lockedBinary } from './binary.ts';
import { pinMountNamespace } from './namespace.ts';

export type RuntimeKind = 'crun' | 'runc';

/** The OCI runtime in use, and how it is called. */
export interface Runtime {
  kind: RuntimeKind;
  path: string;
  version: string;
  /** Why this one, in a sentence for `info`. */
  reason: string;
  /** Where it keeps its own state. */
  stateRoot: string;
  command: RuntimeCommand;
  environment: Record<string, string>;
  /** Runs synchronous work where the runtime can work: a process that is started there stays there. */
  within<T>(run: () => T): T;
  /** Has the runtime see mounts that were made after the engine was started; needed before it binds one. */
  seeNewMounts(): void;
}

const run = promisify(execFile);

/**
 * crun where there is one, in a mount namespace of its own where it could not work otherwise; else runc.
 * @param o wanted: that one and no other
 * @throws {Fault} unavailable, saying what to install
 */
export async function detectRuntime(o: {
  runRoot: string;
  wanted?: RuntimeKind | undefined;
}): Promise<Runtime> {
  const stateRoot = join(o.runRoot, 'runtime');
  const crun = o.wanted === 'runc' ? undefined : findProgram('crun');
  const hidden = hybridHasControllers();
  if (crun && (!hidden || findProgram('unshare'))) return crunRuntime(crun, hidden, stateRoot, o.runRoot);
  const runc = o.wanted === 'crun' ? undefined : findProgram('runc');
  if (runc) return runcRuntime(runc, stateRoot, reasonForRunc(crun, o.wanted));
  if (crun) throw new Fault('unavailable', 'crun cannot run on this hybrid host without unshare: install it');
  const how = o.wanted ?? 'crun';
  throw new Fault(
    'unavailable',
    `${o.wanted ? `${o.wanted} not found` : 'no OCI runtime found'}: install it (Debian: apt-get install ${how})`,
  );
}

function reasonForRunc(crun: string | undefined, wanted: RuntimeKind | undefined): string {
  if (wanted) return 'runc was asked for';
  return crun ? 'crun cannot run on this hybrid host without unshare' : 'crun is not installed';
}

async function runcRuntime(path: string, stateRoot: string, reason: string): Promise<Runtime> {
  return {
    ...{ kind: 'runc', path, version: await versionOf(path), stateRoot, reason },
    command: { path, arguments: ['--root', stateRoot] },
    environment: {},
    within: (run) => run(),
    seeNewMounts: () => undefined,
  };
}

async function crunRuntime(
  path: string,
  hidden: boolean,
  stateRoot: string,
  runRoot: string,
): Promise<Runtime> {
  const binary = lockedBinary(path, runRoot);
  // A remount does not propagate: what is to be read-only in the namespace has to be made so there.
  const namespace = hidden ? pinMountNamespace(runRoot, binary.lock) : binary.lock();
  const { program, environment } = binary;
  return {
    ...{ kind: 'crun', path, version: await versionOf(path), stateRoot, environment },
    reason: hidden ? 'crun, with the cgroup v2 side of this hybrid host hidden from it' : 'crun is installed',
    command: { path: program, arguments: ['--root', stateRoot] },
    within: (run) => (namespace ? namespace.within(run) : run()),
    seeNewMounts: () => namespace?.refresh(),
  };
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version']);
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

/** Absolute path of a program; root's folders are looked through even where PATH lacks them. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
