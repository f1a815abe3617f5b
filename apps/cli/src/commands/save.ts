import { text } from '../flags/flag.ts';
import { saveTo } from '../output/archive.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  ...{ flags: { output: text('o', 'Write to a file, instead of STDOUT') }, least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    await saveTo(context, values.output, () => engine.open('ImageGetAll', { query: { names: args } }));
    return 0;
  },
});
