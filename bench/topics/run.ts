/** The whole of `docker run --rm busybox true`, in each mode. */
import type { Contender } from '../contender.ts';
import { alternate, timed } from '../measure.ts';
import { atLeast, times } from '../table.ts';
import type { Effort, Topic } from '../topic.ts';

/** By how much faster than dockerd. */
const asked = { bridge: 5, host: 3, none: 3, 'container:base': 3 };

async function row(contenders: Contender[], mode: string, limit: number, rounds: number) {
  const medians = await alternate(contenders, rounds, ({ docker }) =>
    timed(() => docker('run', '--rm', `--network=${mode}`, 'busybox', 'true')),
  );
  const own = medians.get('pontoon') ?? Number.NaN;
  const ratio = (name: string): number => (medians.get(name) ?? Number.NaN) / own;
  return [
    ...[mode.replace(':base', ':'), ...medians.values()],
    ...contenders.slice(1).map(({ name }) => times(ratio(name))),
    atLeast(limit, " × dockerd's", ratio('dockerd')),
  ];
}

async function measure(contenders: Contender[], { scaled }: Effort) {
  for (const { docker } of contenders)
    await docker('run', '-d', '--name', 'base', 'busybox', 'sleep', '100000');
  const rows: (string | number)[][] = [];
  for (const [mode, limit] of Object.entries(asked))
    rows.push(await row(contenders, mode, limit, scaled(15)));
  return rows;
}

export const run: Topic = {
  title: '`docker run --rm --network=MODE busybox true`, in seconds',
  contenders: ['pontoon', 'dockerd', 'podman'],
  limit_s: 300,
  measure: async (contenders, effort) => {
    const names = contenders.map(({ name }) => name);
    return {
      columns: ['mode', ...names, ...names.slice(1).map((name) => `faster than ${name}`), 'asked'],
      rows: await measure(contenders, effort),
      notes: [
        `Medians of ${effort.scaled(15)} rounds, engines alternating; the same docker CLI on each engine's socket, its own time included.`,
      ],
    };
  },
};
