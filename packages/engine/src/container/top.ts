import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ContainerTopResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { requireContainer, requireRunning } from './find.ts';

const run = promisify(execFile);

/** GET /containers/{id}/top: the host's ps, of the container's processes. @param psArgs `-ef` where empty */
export async function topContainer(engine: Engine, ref: string, psArgs = ''): Promise<ContainerTopResponse> {
  const record = requireContainer(engine, ref);
  requireRunning(record);
  const pids = new Set(engine.containers.processes(record.id).map(String));
  const args = psArgs.trim() ? psArgs.trim().split(/\s+/) : ['-ef'];
  const { stdout } = await ps(args);
  const answer = select(stdout, pids);
  containerEvent(engine, record, 'top');
  return answer;
}

async function ps(args: string[]): Promise<{ stdout: string }> {
  try {
    return await run('ps', args, { maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Fault('internal', `ps: ${said}`, { cause: error });
  }
}

/** The last column is the command, with its spaces. @throws {Fault} internal, where ps was told to leave out the pid */
export function select(output: string, pids: Set<string>): ContainerTopResponse {
  const [head = '', ...lines] = output.split('\n').filter((line) => line.trim() !== '');
  const Titles = head.trim().split(/\s+/);
  const column = Titles.indexOf('PID');
  if (column < 0) throw new Fault('internal', "Couldn't find PID field in ps output");
  const rows = lines.map((line) => {
    const words = line.trim().split(/\s+/);
    const last = Titles.length - 1;
    return words.length > last ? [...words.slice(0, last), words.slice(last).join(' ')] : words;
  });
  return { Titles, Processes: rows.filter((row) => pids.has(row[column] ?? '')) };
}
