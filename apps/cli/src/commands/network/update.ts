import type { NetworkUpdateBody } from '@pontoon/api';
import { Exit } from '../../exit.ts';
import { integer, list, toggle } from '../../flags/flag.ts';
import { readLabels } from '../../request/environment.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] NETWORK',
  flags: {
    icc: toggle('', 'Let containers of the network reach each other', true),
    internal: toggle('', 'Restrict external access to the network'),
    label: list('', 'Set metadata on the network'),
    mtu: integer('', 'MTU of its interfaces'),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args, given }) => {
    if (given.size === 0) throw new Exit(1, 'You must provide one or more flags when using this command.');
    const body: NetworkUpdateBody = {
      ...(given.has('icc') ? { Icc: values.icc } : {}),
      ...(given.has('internal') ? { Internal: values.internal } : {}),
      ...(given.has('label') ? { Labels: readLabels([], values.label) } : {}),
      ...(given.has('mtu') ? { Mtu: values.mtu } : {}),
    };
    await (await context.engine()).call('NetworkUpdate', { parameters: { id: args[0]! }, body });
    context.stdout.write(`${args[0]}\n`);
    return 0;
  },
});
