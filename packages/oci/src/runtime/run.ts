import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Fault } from '@pontoon/fault';
import type { Runtime } from './detect.ts';

/**
 * One verb of the runtime, to its end.
 * @throws {Fault} internal, with what the runtime said
 */
export async function runRuntime(runtime: Runtime, argv: string[]): Promise<string> {
  const { command, environment, kind } = runtime;
  const child = runtime.within(() =>
    spawn(command.path, [...command.arguments, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      timeout: 30_000,
    }),
  );
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]).catch(
    (error) => {
      throw new Fault('internal', `failed to start ${kind}: ${String(error)}`, { cause: error });
    },
  );
  if (child.exitCode !== 0) throw new Fault('internal', `${kind} ${argv[0]}: ${stderr.trim()}`);
  return stdout;
}
