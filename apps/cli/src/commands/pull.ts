import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { pullImage } from '../pull.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  flags: {
    'all-tags': toggle('a', 'Download all tagged images in the repository'),
    platform: text('', 'Set platform if server is multi-platform capable'),
    quiet: toggle('q', 'Suppress verbose output'),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const image = args[0]!;
    const allTags = values['all-tags'];
    if (allTags && isTagged(image)) throw new Exit(1, "tag can't be used with --all-tags/-a");
    if (!allTags && !isTagged(image) && !values.quiet) context.stdout.write('Using default tag: latest\n');
    const { platform, quiet } = values;
    await pullImage(context, await context.engine(), image, { platform, allTags, quiet, to: context.stdout });
    context.stdout.write(`${image}\n`);
    return 0;
  },
});

const isTagged = (image: string): boolean => /[:@][^/]*$/.test(image);
