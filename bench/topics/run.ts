/** The whole of `docker run --rm busybox true`, in each mode. */
import { alternate, timed } from '../measure.ts';
import { times } from '../table.ts';
import type { Topic } from '../topic.ts';

const modes = ['bridge', 'host', 'none', 'container:base'];
const rounds = 15;

export const run: Topic = {
  title: '`docker run --rm --network=MODE busybox true`, in seconds',
  contenders: ['pontoon', 'dockerd', 'podman'],
  measure: async (contenders) => {
    const names = contenders.map(({ name }) => name);
    for (const { docker } of contenders)
      await docker('run', '-d', '--name', 'base', 'busybox', 'sleep', '100000');
    const rows: (string | number)[][] = [];
    for (const mode of modes) {
      const medians = await alternate(contenders, rounds, ({ docker }) =>
        timed(() => docker('run', '--rm', `--network=${mode}`, 'busybox', 'true')),
      );
      const own = medians.get('pontoon') ?? Number.NaN;
      const others = names.filter((name) => name !== 'pontoon');
      rows.push([
        mode.replace(':base', ':'),
        ...names.map((name) => medians.get(name) ?? Number.NaN),
        ...others.map((name) => times((medians.get(name) ?? Number.NaN) / own)),
      ]);
    }
    return {
      columns: [
        'mode',
        ...names,
        ...names.filter((name) => name !== 'pontoon').map((name) => `faster than ${name}`),
      ],
      rows,
      notes: [
        `Medians of ${rounds} rounds, engines alternating; the same docker CLI on each engine's socket, its own time included.`,
      ],
    };
  },
};
