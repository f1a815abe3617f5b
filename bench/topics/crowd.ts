/** Two hundred running containers: the list, one more, and a daemon that comes back to them. */
import type { Contender } from '../contender.ts';
import { fill } from '../fill.ts';
import { alternate, median, timed } from '../measure.ts';
import { atMost } from '../table.ts';
import type { Topic } from '../topic.ts';

const full = 200;

/** Milliseconds until a new daemon answers; the containers are there before and after. */
async function boots({ docker, restart }: Contender, rounds: number): Promise<number> {
  const times: number[] = [];
  const before = await docker('ps', '-q');
  for (let round = 0; round < rounds; round++) times.push(await restart());
  if ((await docker('ps', '-q')) !== before) throw new Error('containers were lost at a restart');
  return median(times);
}

export const crowd: Topic = {
  title: `${full} running containers, in milliseconds`,
  contenders: ['pontoon', 'dockerd'],
  limit_s: 300,
  measure: async (contenders, { scaled }) => {
    const more = (): Promise<Map<string, number>> =>
      alternate(contenders, scaled(9), ({ docker }) => timed(() => docker('run', '--rm', 'busybox', 'true')));
    const alone = await more();
    for (const contender of contenders) await fill(contender, scaled(full));
    const list = await alternate(contenders, scaled(21), ({ docker }) => timed(() => docker('ps')));
    const among = await more();
    const boot = new Map<string, number>();
    for (const contender of contenders)
      boot.set(contender.name, (await boots(contender, scaled(contender.name === 'pontoon' ? 5 : 1))) / 1000);
    const row = (title: string, values: Map<string, number>, asked: string): (string | number)[] => [
      ...[title, ...contenders.map(({ name }) => (values.get(name) ?? Number.NaN) * 1000)],
      asked,
    ];
    const own = (values: Map<string, number>): number => (values.get('pontoon') ?? Number.NaN) * 1000;
    const theirs = (list.get('dockerd') ?? Number.NaN) * 1000;
    return {
      columns: ['', ...contenders.map(({ name }) => name), 'asked'],
      rows: [
        row('`docker ps`', list, atMost(theirs, " (dockerd's)", own(list))),
        row('`docker run --rm busybox true`, no other container', alone, ''),
        row(`the same beside ${scaled(full)}`, among, ''),
        row('a killed daemon is started: its first answer', boot, atMost(1000, '', own(boot))),
      ],
      notes: [
        `Medians of ${scaled(21)}, ${scaled(9)} and ${scaled(5)} rounds; dockerd's start once, with --live-restore. With docker's CLI, its own time included.`,
      ],
    };
  },
};
