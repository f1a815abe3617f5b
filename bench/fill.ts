/** Many sleeping containers, a few at a time. */
import { api } from '../test/api.ts';
import type { Contender } from './contender.ts';

/** Adds containers by the API until there are `count`; answers with the ids of the new ones. */
export async function fill(contender: Contender, count: number, network = 'bridge'): Promise<string[]> {
  const present = (await api(contender.socket, 'GET', '/containers/json')).json.length;
  const ids: string[] = [];
  let left = count - present;
  const worker = async (): Promise<void> => {
    while (left-- > 0) ids.push(await startOne(contender, network));
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return ids;
}

async function startOne({ socket }: Contender, network: string): Promise<string> {
  const body = { Image: 'busybox', Cmd: ['sleep', '1000000'], HostConfig: { NetworkMode: network } };
  const { json, text, status } = await api(socket, 'POST', '/containers/create', { body });
  if (status !== 201) throw new Error(`create: ${text}`);
  const id = String(json.Id);
  const started = await api(socket, 'POST', `/containers/${id}/start`);
  if (started.status !== 204) throw new Error(`start: ${started.text}`);
  return id;
}
