/** Many published ports: the start, the end, and what a connection to the last of them costs. */

import { succeed } from '../../test/command.ts';
import { webServer } from '../../test/parts.ts';
import { until } from '../../test/until.ts';
import type { Contender } from '../contender.ts';
import { residentOf } from '../contender.ts';
import { timed } from '../measure.ts';
import { times } from '../table.ts';
import type { Topic } from '../topic.ts';

/** Median microseconds of 300 connections from outside. */
async function connectTime({ outside }: Contender, port: number): Promise<number> {
  const script = `
    const { connect } = require('node:net');
    const once = () => new Promise((done, fail) => {
      const began = process.hrtime.bigint();
      const socket = connect(${port}, '198.51.100.2', () => { done(Number(process.hrtime.bigint() - began) / 1000); socket.destroy(); });
      socket.on('error', fail);
    });
    (async () => {
      const times = [];
      for (let i = 0; i < 300; i++) times.push(await once());
      console.log(times.sort((a, b) => a - b)[150]);
    })();`;
  const ask = ['nsenter', `--net=${outside.path}`, process.execPath, '-e', script];
  return Number(await until('connections succeed', () => succeed(ask)));
}

interface Figures {
  start: number;
  end: number;
  first: number;
  last: number;
  memory: number;
  processes: number;
}

async function figures(contender: Contender): Promise<Figures> {
  const { docker } = contender;
  await docker('run', '-d', '--name', 'one', '-p', '8080:80', 'busybox', ...webServer(80));
  const first = await connectTime(contender, 8080);
  await docker('rm', '-f', 'one');
  const before = residentOf(contender.engineProcesses());
  const processes = await countProcesses(contender);
  const start = await timed(() =>
    docker('run', '-d', '--name', 'many', '-p', '20000-20999:20000-20999', 'busybox', ...webServer(20999)),
  );
  const more = (await countProcesses(contender)) - processes;
  const memory = residentOf(contender.engineProcesses()) - before;
  const last = await connectTime(contender, 20999);
  const end = await timed(() => docker('rm', '-f', 'many'));
  return { start, end, first, last, memory, processes: more };
}

/** Processes in the namespace of the host. */
async function countProcesses({ host }: Contender): Promise<number> {
  const list = await host.run(['ip', 'netns', 'pids', host.name]);
  return list.trim().split('\n').length;
}

export const ports: Topic = {
  title: '`-p 20000-20999:20000-20999`',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const all = new Map<string, Figures>();
    for (const contender of contenders) all.set(contender.name, await figures(contender));
    const own = all.get('pontoon');
    const theirs = all.get('dockerd');
    const row = (title: string, key: keyof Figures, scale = 1): (string | number)[] => {
      const [a, b] = [own?.[key] ?? Number.NaN, theirs?.[key] ?? Number.NaN];
      return [title, a / scale, b / scale, a > 0 ? times(b / a) : ''];
    };
    return {
      columns: ['', 'pontoon', 'dockerd', 'dockerd / pontoon'],
      rows: [
        row('start of the container, s', 'start'),
        row('its removal, s', 'end'),
        row('more processes on the host', 'processes'),
        row('more memory of the daemon, MiB', 'memory', 2 ** 20),
        row('a connection to the one port published, µs', 'first'),
        row('a connection to the last of 1000, µs', 'last'),
      ],
      notes: [
        'One start each (dockerd takes minutes). Connections from outside, median of 300, the container answers.',
      ],
    };
  },
};
