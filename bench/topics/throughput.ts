/** iperf3 between the places that matter, beside the loopback of the host. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { succeed } from '../../test/command.ts';
import { until } from '../../test/until.ts';
import type { Contender } from '../contender.ts';
import { alternate } from '../measure.ts';
import { times } from '../table.ts';
import type { Topic } from '../topic.ts';

const rounds = 5;
const seconds = 3;
const port = 5201;

/** A network namespace by the path that nsenter takes. */
interface Place {
  path: string;
}

interface Subject {
  name: string;
  from: Place;
  address: string;
}

async function sleeping(
  contender: Contender,
  ...flags: string[]
): Promise<{ place: Place; address: string }> {
  const id = await contender.docker('run', '-d', ...flags, 'busybox', 'sleep', '100000');
  const pid = await contender.docker('inspect', '-f', '{{.State.Pid}}', id);
  const address = await contender.docker(
    'inspect',
    '-f',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    id,
  );
  return { place: { path: `/proc/${pid}/ns/net` }, address };
}

/** iperf3 of this machine, in a namespace: the images need not have it. */
async function serve({ path }: Place): Promise<ChildProcess> {
  const server = spawn('nsenter', [`--net=${path}`, 'iperf3', '-s', '-p', `${port}`], { stdio: 'ignore' });
  await until(
    'iperf3 listens',
    async () => (await succeed(['nsenter', `--net=${path}`, 'ss', '-Hltn', `sport = :${port}`])) !== '',
  );
  return server;
}

/** Gbit/s that arrived. */
async function gigabits({ from, address }: Subject): Promise<number> {
  const argv = [
    'nsenter',
    `--net=${from.path}`,
    'iperf3',
    '-c',
    address,
    '-p',
    `${port}`,
    '-t',
    `${seconds}`,
    '-J',
  ];
  const answer = JSON.parse(await succeed(argv)) as { end: { sum_received: { bits_per_second: number } } };
  return answer.end.sum_received.bits_per_second / 1e9;
}

export const throughput: Topic = {
  title: 'TCP throughput, in Gbit/s',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const servers: ChildProcess[] = [];
    const subjects: Record<string, Subject[]> = { inside: [], localhost: [], outside: [] };
    try {
      for (const contender of contenders) {
        const server = await sleeping(contender, '-p', `${port}:${port}`);
        const client = await sleeping(contender);
        servers.push(await serve(server.place), await serve(contender.outside));
        subjects.inside?.push({ name: contender.name, from: client.place, address: server.address });
        subjects.localhost?.push({ name: contender.name, from: contender.host, address: '127.0.0.1' });
        subjects.outside?.push({
          name: contender.name,
          from: client.place,
          address: contender.lab.addresses.outside,
        });
      }
      // The yardstick: the loopback of a machine of the lab, in the same rounds. Its port is another's there.
      const yardstick = contenders[0]?.outside;
      if (yardstick) subjects.inside?.push({ name: 'loopback', from: yardstick, address: '127.0.0.1' });
      const titles = {
        inside: 'container → container',
        localhost: 'localhost → published port',
        outside: 'container → outside, by NAT',
      };
      const rows: (string | number)[][] = [];
      let loopback = Number.NaN;
      for (const [key, title] of Object.entries(titles)) {
        const medians = await alternate(subjects[key] ?? [], rounds, gigabits);
        loopback = medians.get('loopback') ?? loopback;
        const own = medians.get('pontoon') ?? Number.NaN;
        const theirs = medians.get('dockerd') ?? Number.NaN;
        rows.push([title, own, theirs, times(own / theirs), times(own / loopback)]);
      }
      rows.push(['loopback of the host', loopback, loopback, '', '']);
      return {
        columns: ['path', 'pontoon', 'dockerd', 'of dockerd', 'of loopback'],
        rows,
        notes: [`Medians of ${rounds} rounds of ${seconds} s, engines alternating; iperf3, one stream.`],
      };
    } finally {
      for (const server of servers) server.kill('SIGKILL');
    }
  },
};
