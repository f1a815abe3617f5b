import type { EngineClient } from '@pontoon/api';
import { messageOf } from '@pontoon/fault';
import { createContainer } from '../create.ts';
import { asUsage, Exit, UsageFault } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { printPlan } from '../output/plan.ts';
import { attachedStreams, containerBody } from '../request/container.ts';
import { containerFlags } from '../request/container-flags.ts';
import { statusOfStart } from '../status.ts';
import {
  type AttachOptions,
  awaitExit,
  checkTerminal,
  followAttached,
  openAttach,
} from '../terminal/attach.ts';
import { parseKeys } from '../terminal/detach.ts';
import { consoleSize } from '../terminal/size.ts';
import { anyNumber, type Call, type Context, defineVerb } from '../verb.ts';

const flags = {
  ...containerFlags,
  detach: toggle('d', 'Run container in background and print container ID'),
  'detach-keys': text('', 'Override the key sequence for detaching a container'),
  'sig-proxy': toggle('', 'Proxy received signals to the process', true),
};

export const verb = defineVerb({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  ...{ flags, least: 1, most: anyNumber, interspersed: false },
  run: async (context, call) => {
    try {
      return await runContainer(context, call);
    } catch (error) {
      if (error instanceof Exit || error instanceof UsageFault) throw error;
      throw new Exit(
        statusOfStart(error),
        `pontoon: ${messageOf(error)}\n\nRun 'pontoon run --help' for more information`,
      );
    }
  },
});

async function runContainer(context: Context, { values, args, given }: Call<typeof flags>): Promise<number> {
  if (values.detach && values.attach.length > 0)
    throw new Exit(1, 'conflicting options: cannot specify both --attach and --detach');
  if (values['detach-keys']) parseKeys(values['detach-keys']);
  const attached = attachedStreams(values, values.detach);
  checkTerminal(context, { tty: values.tty, stdin: attached.stdin });
  const [image = '', ...command] = args;
  const size = values.tty ? consoleSize(context) : undefined;
  const body = asUsage(() => containerBody({ values, given, image, command, consoleSize: size }, attached));
  const engine = await context.engine();
  if (values['dry-run']) return printPlan(context, await engine.call('ContainerPlan', { body }));
  const { name, pull, platform, quiet, cidfile } = values;
  const id = await createContainer(context, engine, body, { name, pull, platform, quiet, cidfile });
  if (values.detach || !(attached.stdin || attached.stdout || attached.stderr)) {
    await engine.call('ContainerStart', { parameters: { id } });
    context.stdout.write(`${id}\n`);
    return 0;
  }
  return await startAttached(context, engine, values.rm, {
    ...{
      id,
      tty: values.tty,
      ...attached,
      detachKeys: values['detach-keys'],
      proxySignals: values['sig-proxy'],
    },
  });
}

/** Attach before the start, so that not one byte is missed; wait before the start, so that not even the shortest life is. */
async function startAttached(
  context: Context,
  engine: EngineClient,
  autoRemove: boolean,
  options: AttachOptions,
): Promise<number> {
  const { id } = options;
  const [hijacked, { exited }] = await Promise.all([
    openAttach(engine, options),
    awaitExit(engine, id, autoRemove ? 'removed' : 'next-exit'),
  ]);
  try {
    await engine.call('ContainerStart', { parameters: { id } });
  } catch (error) {
    hijacked.socket.destroy();
    if (autoRemove) await exited.catch(() => {});
    throw error;
  }
  const ending = await followAttached(context, engine, hijacked, options);
  return ending === 'detached' ? 0 : await exited;
}
