import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { awaitExit, checkTerminal, followAttached, openAttach } from '../terminal/attach.ts';
import { consoleSize } from '../terminal/size.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER',
  flags: {
    'detach-keys': text('', 'Override the key sequence for detaching a container'),
    'no-stdin': toggle('', 'Do not attach STDIN'),
    'sig-proxy': toggle('', 'Proxy all received signals to the process', true),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const { Id: id, Config, State } = await engine.call('ContainerInspect', { parameters: { id: args[0]! } });
    if (!State.Running) throw new Exit(1, 'You cannot attach to a stopped container, start it first');
    if (State.Paused) throw new Exit(1, 'You cannot attach to a paused container, unpause it first');
    if (State.Restarting)
      throw new Exit(1, 'You cannot attach to a restarting container, wait until it is running');
    const tty = Config.Tty ?? false;
    const stdin = !values['no-stdin'] && (Config.OpenStdin ?? false);
    checkTerminal(context, { tty, stdin });
    const options = {
      ...{ id, tty, stdin, stdout: true, stderr: true },
      ...{ detachKeys: values['detach-keys'], proxySignals: values['sig-proxy'] },
    };
    const { exited } = await awaitExit(engine, id, 'not-running');
    const hijacked = await openAttach(engine, options);
    // A shell prints its prompt anew only where the size changes: it does for a moment.
    const [rows = 0, columns = 0] = (tty && consoleSize(context)) || [];
    const query = { h: rows + 1, w: columns + 1 };
    if (rows > 0) await engine.call('ContainerResize', { parameters: { id }, query }).catch(() => {});
    const ending = await followAttached(context, engine, hijacked, options);
    if (ending === 'ended') return await exited;
    context.stderr.write('read escape sequence\n');
    return 0;
  },
});
