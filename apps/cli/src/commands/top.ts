import { alignColumns } from '../output/table.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: 'CONTAINER [ps OPTIONS]',
  ...{ flags: {}, least: 1, most: anyNumber, interspersed: false },
  run: async (context, { args }) => {
    const [id = '', ...options] = args;
    const query = { ps_args: options.length > 0 ? options.join(' ') : undefined };
    const { Titles, Processes } = await (await context.engine()).call('ContainerTop', {
      parameters: { id },
      query,
    });
    context.stdout.write(alignColumns([Titles, ...Processes], 20));
    return 0;
  },
});
