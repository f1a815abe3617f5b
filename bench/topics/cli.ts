/** The command line: from the key to the prompt. */
import { join } from 'node:path';
import { projectRoot } from '@pontoon/lab';
import { succeed } from '../../test/command.ts';
import { alternate, timed } from '../measure.ts';
import { atMost, times } from '../table.ts';
import type { Topic } from '../topic.ts';

export const cli: Topic = {
  title: '`pontoon ps`, in milliseconds',
  contenders: ['pontoon'],
  limit_s: 60,
  measure: async ([pontoon], { scaled }) => {
    const environment = {
      PONTOON_HOST: `unix://${pontoon?.socket}`,
      DOCKER_HOST: `unix://${pontoon?.socket}`,
    };
    const subjects = [
      { name: 'node, nothing to do', argv: [process.execPath, '-e', '0'] },
      { name: 'pontoon ps', argv: [join(projectRoot, 'pontoon'), 'ps'] },
      { name: 'docker ps', argv: ['docker', 'ps'] },
    ];
    const medians = await alternate(subjects, scaled(25), ({ argv }) =>
      timed(() => succeed(argv, { environment })),
    );
    const bare = medians.get('node, nothing to do') ?? Number.NaN;
    return {
      columns: ['command', 'ms', "of Node's start", 'asked'],
      rows: [...medians].map(([name, seconds]) => [
        ...[name, seconds * 1000, times(seconds / bare)],
        name === 'pontoon ps' ? atMost(1.5, ' ×', seconds / bare) : '',
      ]),
      notes: [`Medians of ${scaled(25)} rounds, alternating, all against the same daemon.`],
    };
  },
};
