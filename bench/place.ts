/** A container that sleeps, as a place to start programs of this machine in: the images need not have them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { succeed } from '../test/command.ts';
import { until } from '../test/until.ts';
import type { Contender } from './contender.ts';

/** A network namespace, by the path that nsenter takes. */
export interface Place {
  path: string;
}

export interface ContainerPlace extends Place {
  id: string;
  address: string;
}

export async function sleeping({ docker }: Contender, ...flags: string[]): Promise<ContainerPlace> {
  const id = await docker('run', '-d', ...flags, 'busybox', 'sleep', '1000000');
  const template = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const [pid, address = ''] = (await docker('inspect', '-f', template, id)).split(' ');
  return { id, path: `/proc/${pid}/ns/net`, address };
}

export const inside = ({ path }: Place, argv: string[]): string[] => ['nsenter', `--net=${path}`, ...argv];

/** Starts a server there, and waits until it listens on the TCP port. */
export async function serve(place: Place, argv: string[], port: number): Promise<ChildProcess> {
  const [file = '', ...rest] = inside(place, argv);
  const server = spawn(file, rest, { stdio: 'ignore' });
  const listening = inside(place, ['ss', '-Hltn', `sport = :${port}`]);
  await until(`${argv[0]} listens`, async () => (await succeed(listening)) !== '');
  return server;
}
