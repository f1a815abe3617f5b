import { toggle } from '../../flags/flag.ts';
import { formatFlag, printInspection } from '../../inspection.ts';
import { anyNumber, defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: { format: formatFlag, size: toggle('s', 'Display total file sizes') },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { size: values.size || undefined };
    return await printInspection(context, args, values.format, (id) =>
      engine.call('ContainerInspect', { parameters: { id }, query }),
    );
  },
});
