import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@pontoon/fault';
import { hybridHasControllers } from '../cgroup/mode.ts';
import type { RuntimeCommand } from '../conmon/arguments.ts';
import { pinMountNamespace } from './namespace.ts';

/** The OCI runtime in use, and how it is called. */
export interface Runtime {
  kind: 'crun' | 'runc';
  path: string;
  version: string;
  /** Why this one, in a sentence for `info`. */
  reason: string;
  /** Where it keeps its own state. */
  stateRoot: string;
  command: RuntimeCommand;
  /** Has the runtime see mounts that were made after the engine was started; needed before it binds one. */
  seeNewMounts(): void;
}

const run = promisify(execFile);

/**
 * crun where there is one, in a mount namespace of its own where it could not work otherwise; else runc.
 * @throws {Fault} unavailable, saying what to install
 */
export async function detectRuntime(o: { runRoot: string }): Promise<Runtime> {
  const stateRoot = join(o.runRoot, 'runtime');
  const crun = findProgram('crun');
  const hidden = hybridHasControllers();
  const nsenter = findProgram('nsenter');
  if (crun && (!hidden || (nsenter && findProgram('unshare')))) {
    const version = await versionOf(crun);
    if (!hidden) return direct('crun', crun, version, stateRoot, 'crun is installed');
    const namespace = pinMountNamespace(o.runRoot);
    const inside = [`--mount=${namespace.path}`, crun, '--root', stateRoot];
    return {
      ...direct(
        'crun',
        crun,
        version,
        stateRoot,
        'crun, with the cgroup v2 side of this hybrid host hidden from it',
      ),
      command: { path: nsenter ?? '', arguments: inside },
      seeNewMounts: namespace.refresh,
    };
  }
  const runc = findProgram('runc');
  if (!runc) {
    throw new Fault(
      'unavailable',
      'no OCI runtime found: install crun (Debian: apt-get install crun) or runc',
    );
  }
  const why = crun
    ? 'crun cannot run on this hybrid host without nsenter and unshare'
    : 'crun is not installed';
  return direct('runc', runc, await versionOf(runc), stateRoot, why);
}

function direct(
  kind: Runtime['kind'],
  path: string,
  version: string,
  stateRoot: string,
  reason: string,
): Runtime {
  return {
    ...{ kind, path, version, reason, stateRoot },
    command: { path, arguments: ['--root', stateRoot] },
    seeNewMounts: () => undefined,
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
