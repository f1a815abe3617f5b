/** How long a small message takes there and back: sockperf, TCP ping-pong. */
import type { ChildProcess } from 'node:child_process';
import { succeed } from '../../test/command.ts';
import { alternate } from '../measure.ts';
import { inside, type Place, serve, sleeping } from '../place.ts';
import { atMost, times } from '../table.ts';
import type { Topic } from '../topic.ts';

const seconds = 2;
const port = '11111';

interface Subject {
  name: string;
  from: Place;
  address: string;
}

/** Microseconds one way: half of the median round trip. */
async function microseconds({ from, address }: Subject): Promise<number> {
  const ask = ['sockperf', 'pp', '--tcp', '-i', address, '-p', port, '-t', `${seconds}`];
  const text = await succeed(inside(from, ask));
  return Number(/percentile 50\.000 = +([\d.]+)/.exec(text)?.[1]);
}

export const latency: Topic = {
  title: 'TCP ping-pong between two containers, in µs one way',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 180,
  measure: async (contenders, { scaled }) => {
    const servers: ChildProcess[] = [];
    const serveIn = async (place: Place): Promise<void> => {
      servers.push(await serve(place, ['sockperf', 'sr', '--tcp', '-p', port], Number(port)));
    };
    try {
      const subjects: Subject[] = [];
      for (const contender of contenders) {
        const [server, client] = [await sleeping(contender), await sleeping(contender)];
        await serveIn(server);
        subjects.push({ name: contender.name, from: client, address: server.address });
      }
      for (const { outside } of contenders.slice(0, 1)) {
        await serveIn(outside);
        subjects.push({ name: 'loopback', from: outside, address: '127.0.0.1' });
      }
      const medians = await alternate(subjects, scaled(9), microseconds);
      const of = (name: string): number => medians.get(name) ?? Number.NaN;
      return {
        columns: ['path', 'µs', 'of loopback', 'asked'],
        rows: [...medians].map(([name, value]) => [
          ...[name, value, times(value / of('loopback'))],
          name === 'pontoon' ? atMost(of('dockerd'), " (dockerd's)", value) : '',
        ]),
        notes: [`Medians of ${scaled(9)} rounds of ${seconds} s, alternating; sockperf's 50th percentile.`],
      };
    } finally {
      for (const server of servers) server.kill('SIGKILL');
    }
  },
};
