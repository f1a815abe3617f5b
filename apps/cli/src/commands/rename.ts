import { messageOf } from '@pontoon/fault';
import { Exit } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: 'CONTAINER NEW_NAME',
  ...{ flags: {}, least: 2, most: 2 },
  run: async (context, { args }) => {
    const [id = '', name = ''] = args.map((arg) => arg.trim());
    if (id === '' || name === '') throw new Exit(1, 'Error: Neither old nor new names may be empty');
    const engine = await context.engine();
    try {
      await engine.call('ContainerRename', { parameters: { id }, query: { name } });
    } catch (error) {
      const outcome = `Error: failed to rename container named ${id}`;
      throw new Exit(1, `pontoon: ${messageOf(error)}\n${outcome}`);
    }
    return 0;
  },
});
