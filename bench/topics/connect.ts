/** An endpoint that comes and goes on a running container, while few or many networks, endpoints and ports are there. */
import type { Contender } from '../contender.ts';
import { fill, must, startOne } from '../fill.ts';
import { median } from '../measure.ts';
import { atMost } from '../table.ts';
import { debugFlags, tookDuring } from '../took.ts';
import type { Effort, Topic } from '../topic.ts';

/** dockerd starts a proxy a port and rewrites its chains: to 1000 it does not get in reasonable time. */
const sizes: Record<string, number[]> = { pontoon: [10, 100, 1000], dockerd: [10, 100] };

/** N networks, and N containers on one of them, each with a published port. */
async function grow(contender: Contender, size: number): Promise<void> {
  const present = (await must(contender, 'GET', '/networks')).length;
  for (let number = present; number < size; number++) {
    const Subnet = `10.${number >> 8}.${number & 255}.0/24`;
    const body = { Name: `other${number}`, Driver: 'bridge', IPAM: { Config: [{ Subnet }] } };
    await must(contender, 'POST', '/networks/create', body);
  }
  await fill(contender, size, { network: 'crowd', firstPort: 30_000 });
}

/** Milliseconds as a client of the API sees them. */
async function requests(contender: Contender, container: string, rounds: number) {
  const times: Record<'connect' | 'disconnect', number[]> = { connect: [], disconnect: [] };
  for (let round = 0; round < rounds; round++) {
    for (const verb of ['connect', 'disconnect'] as const) {
      const began = performance.now();
      await must(contender, 'POST', `/networks/crowd/${verb}`, { Container: container });
      times[verb].push(performance.now() - began);
    }
  }
  return times;
}

async function row(contender: Contender, size: number, one: string, rounds: number) {
  let times = { connect: [] as number[], disconnect: [] as number[] };
  const inside: number[] = [];
  const run = async () => (times = await requests(contender, one, rounds));
  if (contender.name === 'pontoon') {
    const joined = await tookDuring(contender, 'network connected', run);
    const parted = await tookDuring(contender, 'network disconnected', run);
    inside.push(median(joined), median(parted));
  } else await run();
  const [joined, parted] = inside;
  const asked = contender.name === 'pontoon' ? atMost(4, ' ms each', Math.max(...inside)) : '';
  return [
    ...[contender.name, size, median(times.connect), median(times.disconnect)],
    ...[joined ?? '', parted ?? '', asked],
  ];
}

async function measure(contenders: Contender[], { scaled }: Effort) {
  const rows: (string | number)[][] = [];
  for (const contender of contenders) {
    const IPAM = { Config: [{ Subnet: '10.200.0.0/16' }] };
    await must(contender, 'POST', '/networks/create', { Name: 'crowd', Driver: 'bridge', IPAM });
    const one = await startOne(contender);
    await requests(contender, one, 5); // the code is compiled
    for (const full of sizes[contender.name] ?? []) {
      const size = scaled(full);
      await grow(contender, size);
      rows.push(await row(contender, size, one, scaled(30)));
    }
  }
  return rows;
}

export const connect: Topic = {
  title: 'connect and disconnect of a running container, in milliseconds',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 480,
  flags: debugFlags,
  measure: async (contenders, effort) => ({
    columns: [
      ...['engine', 'networks, endpoints and published ports'],
      ...['connect', 'disconnect', 'connect in the daemon', 'disconnect in the daemon', 'asked'],
    ],
    rows: await measure(contenders, effort),
    notes: [
      `Medians of ${effort.scaled(30)} rounds by the API, the HTTP request included; in the daemon by its debug log.`,
      'So many networks, and so many containers with a published port each on the network that is connected to.',
    ],
  }),
};
