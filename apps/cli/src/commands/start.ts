import type { EngineClient } from '@pontoon/api';
import { forEach } from '../each.ts';
import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { awaitExit, checkTerminal, followAttached, openAttach } from '../terminal/attach.ts';
import { anyNumber, type Context, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: {
    attach: toggle('a', 'Attach STDOUT/STDERR and forward signals'),
    'detach-keys': text('', 'Override the key sequence for detaching a container'),
    interactive: toggle('i', "Attach container's STDIN"),
  },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    if (!values.attach && !values.interactive) return await startAll(context, engine, args);
    if (args.length > 1) throw new Exit(1, 'you cannot start and attach multiple containers at once');
    return await startAttached(context, args[0]!, values.interactive, values['detach-keys']);
  },
});

async function startAll(context: Context, engine: EngineClient, names: string[]): Promise<number> {
  const started = new Set<string>();
  const status = await forEach(context, names, async (id) => {
    await engine.call('ContainerStart', { parameters: { id } });
    started.add(id);
  });
  const failed = names.filter((id) => !started.has(id));
  if (failed.length > 0) {
    context.stderr.write(`Error: failed to start containers: ${failed.join(', ')}\n`);
  }
  return status;
}

async function startAttached(context: Context, name: string, interactive: boolean, detachKeys?: string) {
  const engine = await context.engine();
  const { Id: id, Config, HostConfig } = await engine.call('ContainerInspect', { parameters: { id: name } });
  const tty = Config.Tty ?? false;
  const stdin = interactive && (Config.OpenStdin ?? false);
  checkTerminal(context, { tty, stdin });
  const options = { id, tty, stdin, stdout: true, stderr: true, detachKeys, proxySignals: true };
  const [hijacked, { exited }] = await Promise.all([
    openAttach(engine, options),
    awaitExit(engine, id, HostConfig.AutoRemove ? 'removed' : 'next-exit'),
  ]);
  try {
    await engine.call('ContainerStart', { parameters: { id } });
  } catch (error) {
    hijacked.socket.destroy();
    throw error;
  }
  const ending = await followAttached(context, engine, hijacked, options);
  return ending === 'detached' ? 0 : await exited;
}
