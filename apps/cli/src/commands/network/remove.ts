import { Fault } from '@pontoon/fault';
import { forEach } from '../../each.ts';
import { toggle } from '../../flags/flag.ts';
import { anyNumber, defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: 'NETWORK [NETWORK...]',
  ...{
    flags: { force: toggle('f', 'Do not error if the network does not exist') },
    least: 1,
    most: anyNumber,
  },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    return await forEach(context, args, async (id) => {
      try {
        await engine.call('NetworkDelete', { parameters: { id } });
      } catch (error) {
        if (!(values.force && error instanceof Fault && error.kind === 'not-found')) throw error;
      }
    });
  },
});
