import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: 'CONTAINER INTERFACE',
  ...{ flags: {}, least: 2, most: 2 },
  run: async (context, { args }) => {
    const [id = '', name = ''] = args;
    await (await context.engine()).call('AttachmentDelete', { parameters: { id, name } });
    return 0;
  },
});
