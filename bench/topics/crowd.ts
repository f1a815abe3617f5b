/** Two hundred running containers: the list, one more, and a daemon that comes back to them. */
import { fill } from '../fill.ts';
import { alternate, timed } from '../measure.ts';
import type { Topic } from '../topic.ts';

const size = 200;
const rounds = 15;

export const crowd: Topic = {
  title: `${size} running containers`,
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    for (const contender of contenders) await fill(contender, size);
    const list = await alternate(contenders, rounds, ({ docker }) => timed(() => docker('ps', '-q')));
    const more = await alternate(contenders, 7, ({ docker }) =>
      timed(() => docker('run', '--rm', 'busybox', 'true')),
    );
    const boot = new Map<string, number>();
    for (const contender of contenders) boot.set(contender.name, await contender.restart());
    const row = (title: string, values: Map<string, number>, scale: number): (string | number)[] => [
      title,
      ...contenders.map(({ name }) => (values.get(name) ?? Number.NaN) * scale),
    ];
    return {
      columns: ['', ...contenders.map(({ name }) => name)],
      rows: [
        row('`docker ps -q`, ms', list, 1000),
        row('`docker run --rm busybox true`, ms', more, 1000),
        row('from the start of a killed daemon to its first answer, ms', boot, 1),
      ],
      notes: ['Medians; the boot once. dockerd with --live-restore.'],
    };
  },
};
