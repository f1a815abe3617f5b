import { createContainer } from '../create.ts';
import { asUsage } from '../exit.ts';
import { printPlan } from '../output/plan.ts';
import { attachedStreams, containerBody } from '../request/container.ts';
import { containerFlags } from '../request/container-flags.ts';
import { consoleSize } from '../terminal/size.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  ...{ flags: containerFlags, least: 1, most: anyNumber, interspersed: false },
  run: async (context, { values, args, given }) => {
    const [image = '', ...command] = args;
    const wish = {
      values,
      given,
      image,
      command,
      consoleSize: values.tty ? consoleSize(context) : undefined,
    };
    const body = asUsage(() => containerBody(wish, attachedStreams(values, false)));
    const engine = await context.engine();
    if (values['dry-run']) return printPlan(context, await engine.call('ContainerPlan', { body }));
    const { name, pull, platform, quiet, cidfile } = values;
    const id = await createContainer(context, engine, body, { name, pull, platform, quiet, cidfile });
    context.stdout.write(`${id}\n`);
    return 0;
  },
});
