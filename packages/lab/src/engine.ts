import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Fault, messageOf } from '@pontoon/fault';
import type { Machine } from './machine.ts';

export interface EngineOptions {
  /** Roots are `<lab directory>/<name>/{data,run}`; a second start with the same name finds what the first left. */
  name?: string;
  /** The machine it runs on; the lab's host unless told. */
  machine?: Machine;
  /** More flags of `pontoon daemon`. */
  flags?: string[];
  env?: NodeJS.ProcessEnv;
  timeout_ms?: number;
}

/** A daemon of the lab's own. */
export interface Engine {
  /** Path of the API's socket. */
  readonly socket: string;
  /** `unix://` + socket, as clients take it. */
  readonly url: string;
  readonly dataRoot: string;
  readonly runRoot: string;
  readonly pid: number;
  /** File with all that the daemon wrote. */
  readonly log: string;
  /** Milliseconds from its spawn to its first answer. */
  readonly ready_ms: number;
  /** Ends the daemon by SIGTERM and waits for its end; containers stay, unless the daemon says otherwise. */
  stop(): Promise<void>;
  /** kill -9, and waits for its end. */
  kill(): Promise<void>;
}

/** The folder of the checkout: the same seen from the sources and from the bundle in build/. */
export const projectRoot: string = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  if (existsSync(join(from, 'apps/daemon'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Fault('internal', 'find the checkout of Pontoon: no folder above has apps/daemon');
  return findRoot(parent);
}

export async function startEngine(
  machine: Machine,
  directory: string,
  options: EngineOptions,
): Promise<Engine> {
  const base = join(directory, options.name ?? 'engine');
  const roots = { dataRoot: join(base, 'data'), runRoot: join(base, 'run') };
  await Promise.all(Object.values(roots).map((root) => mkdir(root, { recursive: true })));
  const socket = join(roots.runRoot, 'pontoon.sock');
  const log = join(base, 'daemon.log');
  const started_ms = performance.now();
  const child = spawnDaemon(machine, { ...roots, socket, log }, options);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await untilReady(child, socket, options.timeout_ms ?? 15_000);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Fault('internal', `start the daemon: ${messageOf(error)}\n${await lastLines(log)}`, {
      cause: error,
    });
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    ...{ socket, url: `unix://${socket}`, ...roots, log, pid: child.pid ?? 0 },
    ready_ms: performance.now() - started_ms,
    stop: async () => {
      const giveUp = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await end('SIGTERM').finally(() => clearTimeout(giveUp));
    },
    kill: () => end('SIGKILL'),
  };
}

interface Places {
  dataRoot: string;
  runRoot: string;
  socket: string;
  log: string;
}

function spawnDaemon(machine: Machine, places: Places, options: EngineOptions): ChildProcess {
  const output = openSync(places.log, 'a');
  // nsenter execs: the child's pid is the daemon's own.
  return spawn(
    'nsenter',
    [
      ...[
        `--net=${machine.path}`,
        '--',
        join(projectRoot, 'tools/node'),
        '--max-semi-space-size=2', // as `pontoon daemon` has it: some 10 MB less at rest
        join(projectRoot, 'apps/daemon/src/main.ts'),
      ],
      ...['--data-root', places.dataRoot, '--run-root', places.runRoot, '--host', `unix://${places.socket}`],
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', output, output], env: { ...process.env, ...options.env } },
  );
}

/** Asks until the daemon answers: a socket that exists may not listen yet, so only an answer says "ready". */
async function untilReady(child: ChildProcess, socket: string, timeout_ms: number): Promise<void> {
  const deadline = performance.now() + timeout_ms;
  while (!(await answers(socket))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Fault('unavailable', `it ended with ${child.signalCode ?? `status ${child.exitCode}`}`);
    if (performance.now() > deadline) throw new Fault('unavailable', `no answer within ${timeout_ms} ms`);
    await after(10);
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once('error', () => resolve(false));
    ping.once('timeout', () => ping.destroy());
    ping.end();
  });
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').slice(-20).join('\n');
}
