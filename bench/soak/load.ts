/** What goes on beside the attached clients: short containers, and lists. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from '../contender.ts';
import { must, remove } from '../fill.ts';

export interface Load {
  done: number;
  problems: string[];
}

/** So many at once, one after the other, until `ended`: made, started, waited for, its output and status looked at. */
export async function runShort(contender: Contender, parallel: number, ended: () => boolean): Promise<Load> {
  const load: Load = { done: 0, problems: [] };
  const worker = async (_: unknown, number: number): Promise<void> => {
    while (!ended()) {
      await runOne(contender, number).catch((error: Error) => load.problems.push(error.message));
      load.done++;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return load;
}

async function runOne(contender: Contender, number: number): Promise<void> {
  const body = { Image: 'busybox', Cmd: ['sh', '-c', `echo word ${number}; exit ${number}`], Tty: true };
  const id = String((await must(contender, 'POST', '/containers/create', body)).Id);
  try {
    await must(contender, 'POST', `/containers/${id}/start`);
    const { StatusCode } = await must(contender, 'POST', `/containers/${id}/wait`);
    if (StatusCode !== number) throw new Error(`status ${StatusCode} instead of ${number}`);
    const said = await textOf(contender, `/containers/${id}/logs?stdout=1`);
    if (said.trim() !== `word ${number}`) throw new Error(`"${said}" instead of "word ${number}"`);
  } finally {
    await remove(contender, id);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function textOf({ socket: socketPath }: Contender, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => resolve(text));
    });
    call.on('error', reject).end();
  });
}

/** Lists at that rate, or as many as are answered where the engine or the machine cannot keep up. */
export async function askLists(contender: Contender, rate: number, ended: () => boolean): Promise<Load> {
  const load: Load = { done: 0, problems: [] };
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (!ended()) {
      const due_ms = (load.done / rate) * 1000 - (performance.now() - began);
      if (due_ms > 1) await sleep(due_ms);
      load.done++;
      const text = await textOf(contender, '/containers/json').catch((error: Error) => error.message);
      if (!text.startsWith('[{')) load.problems.push(`list: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
  return load;
}
