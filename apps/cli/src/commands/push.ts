import { credentialsFor } from '../credentials.ts';
import { toggle } from '../flags/flag.ts';
import { showProgress } from '../output/progress.ts';
import { splitReference } from '../pull.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] NAME[:TAG]',
  flags: {
    'all-tags': toggle('a', 'Push all tags of an image to the repository'),
    quiet: toggle('q', 'Suppress verbose output'),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const image = args[0]!;
    const allTags = values['all-tags'];
    const [name, tag] = splitReference(image);
    if (!allTags && !/:[^/]*$/.test(image) && !values.quiet)
      context.stdout.write('Using default tag: latest\n');
    const messages = (await context.engine()).lines('ImagePush', {
      ...{ parameters: { name }, query: { tag: allTags ? undefined : tag } },
      headers: { 'X-Registry-Auth': Buffer.from('{}').toString('base64url'), ...credentialsFor(image) },
    });
    const result = await showProgress(messages, context.stdout, values.quiet);
    if (result?.Digest && !values.quiet)
      context.stdout.write(`${tag}: digest: ${result.Digest} size: ${result.Size}\n`);
    return 0;
  },
});
