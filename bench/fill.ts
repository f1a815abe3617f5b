/** Many sleeping containers, a few at a time. */
import { api } from '../test/api.ts';
import type { Contender } from './contender.ts';

export interface Filling {
  network?: string;
  /** Publishes port 80 of the n-th container on this port + n. */
  firstPort?: number;
}

/** A request that must succeed. @returns the answer's JSON */
export async function must({ socket }: Contender, method: string, path: string, body?: unknown) {
  const { json, text, status } = await api(socket, method, path, { body });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return json;
}

/** Adds containers by the API until `count` run. */
export async function fill(contender: Contender, count: number, filling: Filling = {}): Promise<void> {
  let next = (await must(contender, 'GET', '/containers/json')).length;
  const worker = async (): Promise<void> => {
    while (next < count) await startOne(contender, filling, next++);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** @returns its id */
export async function startOne(
  contender: Contender,
  { network = 'bridge', firstPort }: Filling = {},
  number = 0,
): Promise<string> {
  const published = firstPort && { '80/tcp': [{ HostPort: `${firstPort + number}` }] };
  const body = {
    ...{ Image: 'busybox', Cmd: ['sleep', '1000000'] },
    ...(published ? { ExposedPorts: { '80/tcp': {} } } : {}),
    HostConfig: { NetworkMode: network, ...(published ? { PortBindings: published } : {}) },
  };
  const id = String((await must(contender, 'POST', '/containers/create', body)).Id);
  await must(contender, 'POST', `/containers/${id}/start`);
  return id;
}

export const remove = (contender: Contender, id: string) =>
  must(contender, 'DELETE', `/containers/${id}?force=1&v=1`);
