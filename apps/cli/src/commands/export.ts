import { text } from '../flags/flag.ts';
import { saveTo } from '../output/archive.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER',
  ...{ flags: { output: text('o', 'Write to a file, instead of STDOUT') }, least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    await saveTo(context, values.output, () =>
      engine.open('ContainerExport', { parameters: { id: args[0]! } }),
    );
    return 0;
  },
});
