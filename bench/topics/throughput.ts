/** iperf3 between the places that matter, beside the loopback of the host. */
import type { ChildProcess } from 'node:child_process';
import { succeed } from '../../test/command.ts';
import type { Contender } from '../contender.ts';
import { alternate } from '../measure.ts';
import { inside, type Place, serve, sleeping } from '../place.ts';
import { atLeast, times } from '../table.ts';
import type { Effort, Topic } from '../topic.ts';

const seconds = 2;
const port = 5201;

/** One stream of one engine; the loopback counts as another engine. */
interface Subject {
  name: string;
  from: Place;
  address: string;
}

/** Gbit/s that arrived. */
async function gigabits({ from, address }: Subject): Promise<number> {
  const ask = ['iperf3', '-c', address, '-p', `${port}`, '-t', `${seconds}`, '-J'];
  const text = await succeed(inside(from, ask));
  const answer = JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } };
  return answer.end.sum_received.bits_per_second / 1e9;
}

const paths = {
  inside: 'container → container',
  host: 'host → container',
  localhost: 'localhost → published port',
  outside: 'container → outside, by NAT',
  inward: 'outside → published port',
};
type Path = keyof typeof paths;

async function subjectsOf(contender: Contender, servers: ChildProcess[]): Promise<Record<Path, Subject>> {
  const { name, host, outside, lab } = contender;
  const server = await sleeping(contender, '-p', `${port}:${port}`);
  const client = await sleeping(contender);
  for (const place of [server, outside])
    servers.push(await serve(place, ['iperf3', '-s', '-p', `${port}`], port));
  return {
    inside: { name, from: client, address: server.address },
    host: { name, from: host, address: server.address },
    localhost: { name, from: host, address: '127.0.0.1' },
    outside: { name, from: client, address: lab.addresses.outside },
    inward: { name, from: outside, address: lab.addresses.host },
  };
}

/** What the issues ask of a path. */
function asked(path: Path, own: number, theirs: number, loopback: number): string {
  const ofDockerd = (limit: number): string => atLeast(limit, " × dockerd's", own / theirs);
  if (path === 'inside') return `${atLeast(1.3, ' × loopback', own / loopback)}, ${ofDockerd(1.5)}`;
  if (path === 'localhost') return ofDockerd(1.5);
  return path === 'outside' ? ofDockerd(0.95) : '';
}

async function measure(contenders: Contender[], { scaled }: Effort, servers: ChildProcess[]) {
  const subjects: Record<Path, Subject>[] = [];
  for (const contender of contenders) subjects.push(await subjectsOf(contender, servers));
  // The yardstick: the loopback of a machine of the lab, in the rounds of the path that is compared with it.
  const yardstick = contenders.slice(0, 1).map(({ outside }) => ({
    ...{ name: 'loopback', from: outside, address: '127.0.0.1' },
  }));
  const rows: (string | number)[][] = [];
  let loopback = Number.NaN;
  for (const [path, title] of Object.entries(paths) as [Path, string][]) {
    const all = [...subjects.map((one) => one[path]), ...(path === 'inside' ? yardstick : [])];
    const medians = await alternate(all, scaled(5), gigabits);
    loopback = medians.get('loopback') ?? loopback;
    const [own, theirs] = [medians.get('pontoon') ?? Number.NaN, medians.get('dockerd') ?? Number.NaN];
    const ratios = [times(own / theirs), times(own / loopback)];
    rows.push([title, own, theirs, ...ratios, asked(path, own, theirs, loopback)]);
  }
  return [...rows, ['loopback of the host', loopback, loopback, '', '', '']];
}

export const throughput: Topic = {
  title: 'TCP throughput, in Gbit/s',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 240,
  measure: async (contenders, effort) => {
    const servers: ChildProcess[] = [];
    try {
      const rows = await measure(contenders, effort, servers);
      const note = `Medians of ${effort.scaled(5)} rounds of ${seconds} s, engines and loopback alternating; iperf3, one stream.`;
      const columns = ['path', 'pontoon', 'dockerd', 'of dockerd', 'of loopback', 'asked'];
      return { columns, rows, notes: [note] };
    } finally {
      for (const server of servers) server.kill('SIGKILL');
    }
  },
};
