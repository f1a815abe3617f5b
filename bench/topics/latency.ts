/** How long a small message takes there and back: sockperf, TCP ping-pong. */
import { type ChildProcess, spawn } from 'node:child_process';
import { succeed } from '../../test/command.ts';
import { until } from '../../test/until.ts';
import { alternate } from '../measure.ts';
import { times } from '../table.ts';
import type { Topic } from '../topic.ts';

const rounds = 7;
const seconds = 2;
const port = 11111;

interface Subject {
  name: string;
  path: string;
  address: string;
}

async function serve(path: string): Promise<ChildProcess> {
  const server = spawn('nsenter', [`--net=${path}`, 'sockperf', 'sr', '--tcp', '-p', `${port}`], {
    stdio: 'ignore',
  });
  await until(
    'sockperf listens',
    async () => (await succeed(['nsenter', `--net=${path}`, 'ss', '-Hltn', `sport = :${port}`])) !== '',
  );
  return server;
}

/** Microseconds one way: half of the median round trip. */
async function microseconds({ path, address }: Subject): Promise<number> {
  const argv = [
    'nsenter',
    `--net=${path}`,
    'sockperf',
    'pp',
    '--tcp',
    '-i',
    address,
    '-p',
    `${port}`,
    '-t',
    `${seconds}`,
  ];
  const text = await succeed(argv);
  return Number(/percentile 50\.000 = +([\d.]+)/.exec(text)?.[1]);
}

export const latency: Topic = {
  title: 'TCP ping-pong between two containers, in µs one way',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const servers: ChildProcess[] = [];
    try {
      const subjects: Subject[] = [];
      for (const { name, docker } of contenders) {
        const place = async (): Promise<{ path: string; address: string }> => {
          const id = await docker('run', '-d', 'busybox', 'sleep', '100000');
          const [pid, address = ''] = (
            await docker('inspect', '-f', '{{.State.Pid}} {{.NetworkSettings.IPAddress}}', id)
          ).split(' ');
          return { path: `/proc/${pid}/ns/net`, address };
        };
        const [server, client] = [await place(), await place()];
        servers.push(await serve(server.path));
        subjects.push({ name, path: client.path, address: server.address });
      }
      const outside = contenders[0]?.outside;
      if (outside) {
        servers.push(await serve(outside.path));
        subjects.push({ name: 'loopback', path: outside.path, address: '127.0.0.1' });
      }
      const medians = await alternate(subjects, rounds, microseconds);
      const loopback = medians.get('loopback') ?? Number.NaN;
      return {
        columns: ['path', 'µs', 'of loopback'],
        rows: [...medians].map(([name, value]) => [name, value, times(value / loopback)]),
        notes: [`Medians of ${rounds} rounds of ${seconds} s, alternating; sockperf's 50th percentile.`],
      };
    } finally {
      for (const server of servers) server.kill('SIGKILL');
    }
  },
};
