import { forEach } from '../../each.ts';
import { toggle } from '../../flags/flag.ts';
import { anyNumber, defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  ...{ flags: { force: toggle('f', 'Force the removal of one or more volumes') }, least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { force: values.force };
    return await forEach(context, args, (name) =>
      engine.call('VolumeDelete', { parameters: { name }, query }),
    );
  },
});
