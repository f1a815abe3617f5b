/** Further processes in a container. */
import type { ExecCreateBody, ExecStartBody } from '@pontoon/api';
import { createExec, inspectExec, resizeExec, startExec } from '@pontoon/engine';
import { messageOf } from '@pontoon/fault';
import { readJson } from '../body.ts';
import type { Call, Operate, Streams } from '../call.ts';
import { checkExecBody } from '../check/container.ts';
import { terminalSize } from '../query.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';

export const exec = {
  ContainerExec: async (call) => {
    const wanted = checkExecBody(await readJson<ExecCreateBody>(call.body));
    return { status: 201, json: await createExec(call.engine, idOf(call), wanted) };
  },

  ExecStart: async (call) => {
    const wanted = await readJson<ExecStartBody>(call.body, {});
    const detach = wanted.Detach ?? false;
    const consoleSize = wanted.ConsoleSize ?? undefined;
    const { terminal, started } = startExec(call.engine, idOf(call), { detach, consoleSize });
    if (detach) {
      await started;
      return { status: 200 };
    }
    const streams = started.then(
      (attached) => attached ?? lastWords('', terminal),
      (error: unknown) => lastWords(messageOf(error), terminal),
    );
    return { attached: { terminal, started: streams } };
  },

  ExecResize: async (call) => {
    await resizeExec(call.engine, idOf(call), terminalSize(call.query));
    return { status: 200 };
  },

  ExecInspect: async (call) => ({ status: 200, json: await inspectExec(call.engine, idOf(call)) }),
} satisfies Record<string, Operate>;

/**
 * A command that could not be executed (126, 127): clients ask for the exit code afterwards, so the reason comes as
 * the process's output (moby, daemon/server/router/container/exec.go, postContainerExecStart).
 */
function lastWords(message: string, terminal: boolean): Streams {
  async function* output(): Streams['output'] extends AsyncIterable<infer T> ? AsyncGenerator<T> : never {
    yield { stream: 'stdout', bytes: Buffer.from(`${message}\r\n`) };
  }
  return { terminal, output: output(), close: () => undefined };
}
