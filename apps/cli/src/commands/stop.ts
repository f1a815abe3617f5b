import { forEach } from '../each.ts';
import { integer, text } from '../flags/flag.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: {
    signal: text('s', 'Signal to send to the container'),
    timeout: integer('t', 'Seconds to wait before killing the container', { alias: 'time' }),
  },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { signal: values.signal, t: values.timeout };
    return await forEach(context, args, (id) => engine.call('ContainerStop', { parameters: { id }, query }));
  },
});
