/** Published ports one by one, and ranges that only this engine takes. */
import { succeed } from '../../test/command.ts';
import type { Contender } from '../contender.ts';
import { must, remove } from '../fill.ts';
import { median } from '../measure.ts';
import { inside } from '../place.ts';
import { atMost } from '../table.ts';
import { debugFlags, tookDuring } from '../took.ts';
import type { Effort, Topic } from '../topic.ts';

/** A container with the ports first … first + count - 1 published one by one, started and removed. */
async function once(contender: Contender, count: number): Promise<{ start: number; end: number }> {
  const ports = Array.from({ length: count }, (_, index) => `${20_000 + index}`);
  const body = {
    ...{ Image: 'busybox', Cmd: ['sleep', '1000000'] },
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostPort: port }]])),
    },
  };
  const id = String((await must(contender, 'POST', '/containers/create', body)).Id);
  const began = performance.now();
  await must(contender, 'POST', `/containers/${id}/start`);
  const started = performance.now();
  await remove(contender, id);
  return { start: started - began, end: performance.now() - started };
}

interface Cost {
  /** Milliseconds; of requests to the API, and of the network inside the daemon. */
  start: number;
  end: number;
  inside: number;
}

async function costOf(contender: Contender, count: number, rounds: number): Promise<Cost> {
  const samples: { start: number; end: number }[] = [];
  const run = async (): Promise<void> => {
    for (let round = 0; round < rounds; round++) samples.push(await once(contender, count));
  };
  const own = contender.name === 'pontoon';
  const took = own ? await tookDuring(contender, 'network set up', run) : await run().then(() => []);
  const [start, end] = [samples.map((one) => one.start), samples.map((one) => one.end)];
  return { start: median(start), end: median(end), inside: median(took) };
}

/** Elements of all sets and maps of the engine's table. */
async function elements({ host }: Contender): Promise<number> {
  const text = await succeed(inside(host, ['nft', '-j', 'list', 'table', 'inet', 'pontoon']));
  const { nftables } = JSON.parse(text) as { nftables: Record<string, { elem?: unknown[] }>[] };
  const sets = nftables.flatMap(({ set, map }) => set ?? map ?? []);
  return sets.reduce((sum, { elem = [] }) => sum + elem.length, 0);
}

/** What a range adds to what one port needs. */
async function elementsOfRange({ docker, ...contender }: Contender): Promise<number> {
  const counts: number[] = [];
  for (const ports of ['30000:30000', '30000-39999:30000-39999']) {
    const id = await docker('run', '-d', '-p', ports, 'busybox', 'sleep', '1000000');
    counts.push(await elements({ docker, ...contender }));
    await docker('rm', '-f', id);
  }
  return (counts[1] ?? Number.NaN) - (counts[0] ?? 0);
}

async function measure(contenders: Contender[], { scaled }: Effort) {
  const rows: (string | number)[][] = [];
  for (const contender of contenders) {
    const own = contender.name === 'pontoon';
    await costOf(contender, 1, 3); // the code is compiled
    const one = await costOf(contender, 1, scaled(15));
    for (const [count, more] of [
      [1, one],
      [100, await costOf(contender, 100, own ? scaled(15) : scaled(3))],
    ] as const) {
      const added = more.inside - one.inside;
      const asked = own && count > 1 ? `more than one: ${atMost(20, ' ms', added)}` : '';
      rows.push([contender.name, count, more.start, more.end, own ? more.inside : '', asked]);
    }
    if (!own) continue;
    const more = await elementsOfRange(contender);
    const asked = `${atMost(0, '', more)} (one element)`;
    rows.push([contender.name, '10 000-port range: elements more than one port', '', '', more, asked]);
  }
  return rows;
}

export const ports: Topic = {
  title: 'published ports, one by one, on one container, in milliseconds',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 300,
  flags: debugFlags,
  measure: async (contenders, effort) => ({
    columns: ['engine', 'ports', 'start', 'removal', 'network set-up in the daemon', 'asked'],
    rows: await measure(contenders, effort),
    notes: [
      `Medians of ${effort.scaled(15)} rounds (dockerd with 100 ports: ${effort.scaled(3)}); start and removal are requests to the API, runtime included.`,
    ],
  }),
};
