/** One step of a check: a command that runs in the project's root, silent unless it fails. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const node = join(root, 'tools/node');

export interface Outcome {
  code: number;
  output: string;
  seconds: number;
  timedOut: boolean;
}

/**
 * Runs a command in a process group of its own and collects what it prints. After `limit_s` the whole group is
 * killed: a test's children must not outlive it. `onText` sees the output as it comes.
 */
export function runCommand(
  argv: readonly string[],
  options: { limit_s: number; environment?: Record<string, string>; onText?: (text: string) => void },
): Promise<Outcome> {
  const began = performance.now();
  const [command = '', ...rest] = argv;
  const child = spawn(command, rest, {
    cwd: root,
    detached: true,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      options.onText?.(text);
    });
  }
  let timedOut = false;
  running.add(child.pid);
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child.pid);
  }, options.limit_s * 1000);
  return new Promise((resolve) => {
    let code = 1;
    child.on('error', (error) => chunks.push(`${command}: ${error.message}\n`));
    child.on('exit', (status) => {
      code = status ?? 1;
      running.delete(child.pid);
      endGroup(child.pid);
      // What was left behind outside the group may hold the pipes for ever: the output is not waited for that long.
      setTimeout(() => child.stdout.destroy(), 2000).unref();
      setTimeout(() => child.stderr.destroy(), 2000).unref();
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ code, output: chunks.join(''), seconds: (performance.now() - began) / 1000, timedOut });
    });
  });
}

/** Process groups that live now; an interrupted check takes them along. */
const running = new Set<number | undefined>();
process.on('exit', () => running.forEach(endGroup));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

/** Kills what is left of a process group; an empty group is fine. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: nobody is left
  }
}
