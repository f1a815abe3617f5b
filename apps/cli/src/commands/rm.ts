import { Fault } from '@pontoon/fault';
import { forEach } from '../each.ts';
import { toggle } from '../flags/flag.ts';
import { anyNumber, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: {
    force: toggle('f', 'Force the removal of a running container (uses SIGKILL)'),
    link: toggle('l', 'Remove the specified link'),
    volumes: toggle('v', 'Remove anonymous volumes associated with the container'),
  },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const query = { force: values.force, link: values.link, v: values.volumes };
    return await forEach(context, args, async (given) => {
      const id = given.replace(/^\/+|\/+$/g, '');
      if (id === '') throw new Fault('invalid', 'container name cannot be empty');
      try {
        await engine.call('ContainerDelete', { parameters: { id }, query });
      } catch (error) {
        // With --force the wish is that it be gone.
        if (!values.force || !(error instanceof Fault) || error.kind !== 'not-found') throw error;
        context.stderr.write(`pontoon: ${error.message}\n`);
        return null;
      }
      return id;
    });
  },
});
