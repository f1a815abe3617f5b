/** The command line: from the key to the prompt. */
import { join } from 'node:path';
import { projectRoot } from '@pontoon/lab';
import { succeed } from '../../test/command.ts';
import { alternate, timed } from '../measure.ts';
import { times } from '../table.ts';
import type { Topic } from '../topic.ts';

const rounds = 25;

export const cli: Topic = {
  title: '`pontoon ps`, in milliseconds',
  contenders: ['pontoon'],
  measure: async ([pontoon]) => {
    const environment = {
      PONTOON_HOST: `unix://${pontoon?.socket}`,
      DOCKER_HOST: `unix://${pontoon?.socket}`,
    };
    const subjects = [
      { name: 'node, nothing to do', argv: [process.execPath, '-e', '0'] },
      { name: 'pontoon ps', argv: [join(projectRoot, 'pontoon'), 'ps'] },
      { name: 'docker ps', argv: ['docker', 'ps'] },
    ];
    const medians = await alternate(subjects, rounds, ({ argv }) =>
      timed(() => succeed(argv, { environment })),
    );
    const bare = medians.get('node, nothing to do') ?? Number.NaN;
    return {
      columns: ['command', 'ms', "of Node's start"],
      rows: [...medians].map(([name, seconds]) => [name, seconds * 1000, times(seconds / bare)]),
      notes: [`Medians of ${rounds} rounds, alternating, all against the same daemon.`],
    };
  },
};
