import { toggle } from '../flags/flag.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: { json: toggle('', 'Print the results as JSON, for machines') },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const { runDemo } = await import('../demo/demo.ts');
    return await runDemo(context, values.json);
  },
});
