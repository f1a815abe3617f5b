import { toggle } from '../../flags/flag.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags: { force: toggle('f', 'Force the container to disconnect from a network') },
  ...{ least: 2, most: 2 },
  run: async (context, { values, args }) => {
    const [id = '', Container = ''] = args;
    await (await context.engine()).call('NetworkDisconnect', {
      ...{ parameters: { id }, body: { Container, Force: values.force } },
    });
    return 0;
  },
});
