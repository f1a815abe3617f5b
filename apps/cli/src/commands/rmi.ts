import { messageOf } from '@pontoon/fault';
import { toggle } from '../flags/flag.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags: {
    force: toggle('f', 'Force removal of the image'),
    'no-prune': toggle('', 'Do not delete untagged parents'),
  },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { force: values.force, noprune: values['no-prune'] };
    let status = 0;
    for (const name of args) {
      try {
        const removed = await engine.call('ImageDelete', { parameters: { name }, query });
        for (const { Untagged, Deleted } of removed)
          context.stdout.write(Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`);
      } catch (error) {
        context.stderr.write(`pontoon: ${messageOf(error)}\n`);
        status = 1;
      }
    }
    return status;
  },
});
