/** The network's own share: an endpoint that comes and goes on a running container, while few or many are up. */
import { api } from '../../test/api.ts';
import type { Contender } from '../contender.ts';
import { fill } from '../fill.ts';
import { median } from '../measure.ts';
import type { Topic } from '../topic.ts';

const rounds = 40;
const sizes: Record<string, number[]> = { pontoon: [10, 100, 500], dockerd: [10, 100] };

/** Median milliseconds of connect and disconnect, as a client of the API sees them. */
async function connectTimes({ socket }: Contender, container: string): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [index, verb] of ['connect', 'disconnect'].entries()) {
      const began = performance.now();
      const { status, text } = await api(socket, 'POST', `/networks/crowd/${verb}`, {
        body: { Container: container },
      });
      if (status !== 200) throw new Error(`${verb}: ${text}`);
      times[index]?.push(performance.now() - began);
    }
  }
  return [median(times[0]), median(times[1])];
}

export const connect: Topic = {
  title: 'connecting a running container to a network with N endpoints, in milliseconds',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const rows: (string | number)[][] = [];
    for (const contender of contenders) {
      await api(contender.socket, 'POST', '/networks/create', { body: { Name: 'crowd' } });
      const one = await contender.docker('run', '-d', 'busybox', 'sleep', '1000000');
      for (const size of sizes[contender.name] ?? []) {
        await fill(contender, size, 'crowd');
        rows.push([contender.name, size, ...(await connectTimes(contender, one))]);
      }
    }
    return {
      columns: ['engine', 'containers up', 'connect', 'disconnect'],
      rows,
      notes: [
        `Medians of ${rounds} rounds, the HTTP request included: namespace entered, veth pair, bridge port, address, rules.`,
      ],
    };
  },
};
