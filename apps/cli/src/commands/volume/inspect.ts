import { formatFlag, printInspection } from '../../inspection.ts';
import { anyNumber, defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  ...{ flags: { format: formatFlag }, least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    return await printInspection(context, args, values.format, (name) =>
      engine.call('VolumeInspect', { parameters: { name } }),
    );
  },
});
