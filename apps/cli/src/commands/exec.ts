import type { EngineClient } from '@pontoon/api';
import { Fault, messageOf } from '@pontoon/fault';
import { Exit } from '../exit.ts';
import { list, text, toggle } from '../flags/flag.ts';
import { checkVariable, readEnvironment } from '../request/environment.ts';
import { statusOfStart } from '../status.ts';
import { checkTerminal } from '../terminal/attach.ts';
import { runSession } from '../terminal/session.ts';
import { consoleSize, followSize } from '../terminal/size.ts';
import { anyNumber, type Call, type Context, defineVerb } from '../verb.ts';

const flags = {
  detach: toggle('d', 'Detached mode: run command in the background'),
  'detach-keys': text('', 'Override the key sequence for detaching a container'),
  env: list('e', 'Set environment variables', checkVariable),
  'env-file': list('', 'Read in a file of environment variables'),
  interactive: toggle('i', 'Keep STDIN open even if not attached'),
  privileged: toggle('', 'Give extended privileges to the command'),
  tty: toggle('t', 'Allocate a pseudo-TTY'),
  user: text('u', 'Username or UID (format: "<name|uid>[:<group|gid>]")'),
  workdir: text('w', 'Working directory inside the container'),
};

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  ...{ flags, least: 2, most: anyNumber, interspersed: false },
  run: async (context, call) => {
    const { values } = call;
    const engine = await context.engine();
    checkTerminal(context, { tty: values.tty, stdin: values.interactive && !values.detach });
    const id = await createExec(context, engine, call);
    try {
      if (values.detach)
        await engine.call('ExecStart', { parameters: { id }, body: { Detach: true, Tty: values.tty } });
      else if ((await runAttached(context, engine, id, values)) === 'ended')
        return (await engine.call('ExecInspect', { parameters: { id } })).ExitCode ?? 0;
      return 0;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const status = statusOfStart(error);
      throw new Exit(status === 125 ? 1 : status, messageOf(error));
    }
  },
});

async function createExec(context: Context, engine: EngineClient, { values, args }: Call<typeof flags>) {
  const [container = '', ...command] = args;
  const { Id } = await engine.call('ContainerExec', {
    parameters: { id: container },
    body: {
      ...{ Cmd: command, Tty: values.tty, Privileged: values.privileged },
      ...{ AttachStdin: values.interactive && !values.detach },
      ...{ AttachStdout: !values.detach, AttachStderr: !values.detach },
      Env: readEnvironment(values['env-file'], values.env),
      User: values.user ?? '',
      WorkingDir: values.workdir ?? '',
      DetachKeys: values['detach-keys'] ?? '',
      ...(values.tty ? { ConsoleSize: consoleSize(context) ?? null } : {}),
    },
  });
  return Id;
}

async function runAttached(
  context: Context,
  engine: EngineClient,
  id: string,
  values: Call<typeof flags>['values'],
) {
  const parameters = { id };
  const hijacked = await engine.hijack('ExecStart', {
    parameters,
    body: {
      Detach: false,
      Tty: values.tty,
      ...(values.tty ? { ConsoleSize: consoleSize(context) ?? null } : {}),
    },
  });
  const stopSize = values.tty
    ? followSize(context, (query) => engine.call('ExecResize', { parameters, query }))
    : () => {};
  try {
    return await runSession(context, hijacked, {
      ...{ tty: values.tty, stdin: values.interactive, detachKeys: values['detach-keys'] },
    });
  } finally {
    stopSize();
  }
}
