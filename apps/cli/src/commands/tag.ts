import { splitReference } from '../pull.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  ...{ flags: {}, least: 2, most: 2 },
  run: async (context, { args }) => {
    const [name = '', target = ''] = args;
    const [repo, tag] = splitReference(target);
    await (await context.engine()).call('ImageTag', { parameters: { name }, query: { repo, tag } });
    return 0;
  },
});
