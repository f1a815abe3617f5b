import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault } from '@pontoon/fault';
import type { Runtime } from './detect.ts';

const execute = promisify(execFile);

/**
 * One verb of the runtime, to its end.
 * @throws {Fault} internal, with what the runtime said
 */
export async function runRuntime({ command, kind }: Runtime, argv: string[]): Promise<string> {
  try {
    const { stdout } = await execute(command.path, [...command.arguments, ...argv], { timeout: 30_000 });
    return stdout;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    throw new Fault('internal', `${kind} ${argv[0]}: ${said || (error as Error).message}`, { cause: error });
  }
}
