import { forEach } from '../each.ts';
import { text } from '../flags/flag.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: { signal: text('s', 'Signal to send to the container') },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { signal: values.signal };
    return await forEach(context, args, (id) => engine.call('ContainerKill', { parameters: { id }, query }));
  },
});
