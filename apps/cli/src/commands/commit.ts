import { list, text, toggle } from '../flags/flag.ts';
import { splitReference } from '../pull.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  flags: {
    author: text('a', 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")'),
    change: list('c', 'Apply Dockerfile instruction to the created image'),
    message: text('m', 'Commit message'),
    pause: toggle('p', 'Pause container during commit', true),
  },
  ...{ least: 1, most: 2 },
  run: async (context, { values, args }) => {
    const [container = '', reference] = args;
    const [repo, tag] = reference === undefined ? [] : splitReference(reference);
    const { Id } = await (await context.engine()).call('ImageCommit', {
      query: {
        ...{ container, repo, tag, comment: values.message, author: values.author },
        ...{ changes: values.change, pause: values.pause },
      },
      body: {},
    });
    context.stdout.write(`${Id}\n`);
    return 0;
  },
});
