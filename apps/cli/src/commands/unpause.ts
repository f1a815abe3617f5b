import { forEach } from '../each.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: 'CONTAINER [CONTAINER...]',
  ...{ flags: {}, least: 1, most: anyNumber },
  run: async (context, { args }) => {
    const engine = await context.engine();
    return await forEach(context, args, (id) => engine.call('ContainerUnpause', { parameters: { id } }));
  },
});
