import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Fault } from '@pontoon/fault';
import { DEFAULT_SOCKET, daemonPath, listens } from './connect.ts';

const LOG = '/var/log/pontoon/daemon.log';
const START_TIMEOUT_MS = 20_000;

/** Starts the default engine in the background, and waits until it listens. */
export async function startDaemon(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Fault(
      'unavailable',
      `Cannot connect to the engine at unix://${DEFAULT_SOCKET}: none is running, and only root can start one`,
    );
  mkdirSync(dirname(LOG), { recursive: true });
  const output = openSync(LOG, 'a');
  // detached is setsid: the daemon outlives us and our terminal.
  const child = spawn(process.execPath, ['--no-warnings', '--max-semi-space-size=2', daemonPath()], {
    ...{ detached: true, stdio: ['ignore', output, output], cwd: '/' },
  });
  say(`no engine answers at unix://${DEFAULT_SOCKET}: starting one, its log is ${LOG}`);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await listens(DEFAULT_SOCKET))) {
    if (child.exitCode !== null)
      throw new Fault('unavailable', `the daemon ended with status ${child.exitCode}: see ${LOG}`);
    if (performance.now() > deadline)
      throw new Fault('unavailable', `the daemon does not answer: see ${LOG}`);
    await after(20);
  }
  child.unref();
}
