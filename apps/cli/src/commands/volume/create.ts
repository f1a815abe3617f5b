import { list, map, text } from '../../flags/flag.ts';
import { readLabels } from '../../request/environment.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] [VOLUME]',
  flags: {
    driver: text('d', 'Specify volume driver name', { shown: '"local"' }),
    label: list('', 'Set metadata for a volume'),
    opt: map('o', 'Set driver specific options'),
  },
  ...{ least: 0, most: 1 },
  run: async (context, { values, args }) => {
    const body = {
      ...{ Name: args[0] ?? '', Driver: values.driver ?? 'local' },
      ...{ DriverOpts: values.opt, Labels: readLabels([], values.label) },
    };
    const { Name } = await (await context.engine()).call('VolumeCreate', { body });
    context.stdout.write(`${Name}\n`);
    return 0;
  },
});
