import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: 'CONTAINER',
  ...{ flags: {}, least: 1, most: 1 },
  run: async (context, { args }) => {
    const changes = await (await context.engine()).call('ContainerChanges', { parameters: { id: args[0]! } });
    for (const { Kind, Path } of changes ?? []) context.stdout.write(`${'CAD'[Kind]} ${Path}\n`);
    return 0;
  },
});
