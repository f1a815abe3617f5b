import { text } from 'node:stream/consumers';
import type { ContainerWaitResponse, EngineClient, Hijacked, WaitCondition } from '@pontoon/api';
import { Exit } from '../exit.ts';
import type { Context } from '../verb.ts';
import { runSession } from './session.ts';
import { forwardSignals } from './signals.ts';
import { followSize } from './size.ts';

export interface AttachOptions {
  id: string;
  tty: boolean;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  logs?: boolean;
  detachKeys?: string;
  /** Hand our signals on; never with a terminal, whose keys do that. */
  proxySignals: boolean;
}

/** `-t` with our own input makes no sense unless that is a terminal too. */
export function checkTerminal({ stdin }: Context, options: { tty: boolean; stdin: boolean }): void {
  if (options.tty && options.stdin && !stdin.isTTY) throw new Exit(1, 'the input device is not a TTY');
}

export function openAttach(engine: EngineClient, options: AttachOptions): Promise<Hijacked> {
  const { id, stdin, stdout, stderr, logs, detachKeys } = options;
  return engine.hijack('ContainerAttach', {
    parameters: { id },
    query: { stream: true, stdin, stdout, stderr, logs, detachKeys },
  });
}

/**
 * Asks for the exit status before the container can end. The outer promise is there once the engine listens, `exited`
 * when the container has ended.
 */
export async function awaitExit(
  engine: EngineClient,
  id: string,
  condition: WaitCondition,
): Promise<{ exited: Promise<number> }> {
  const answer = await engine.open('ContainerWait', { parameters: { id }, query: { condition } });
  const exited = text(answer).then((body) => {
    const { StatusCode, Error: failure } = JSON.parse(body) as ContainerWaitResponse;
    return failure?.Message ? 125 : StatusCode;
  });
  exited.catch(() => {}); // whoever needs it awaits it; a failed start does not
  return { exited };
}

/** Runs the session of an attached container to the end of its output, or until the user detaches. */
export async function followAttached(
  context: Context,
  engine: EngineClient,
  hijacked: Hijacked,
  options: AttachOptions,
): Promise<'ended' | 'detached'> {
  const { id } = options;
  const parameters = { id };
  const stopSize = options.tty
    ? followSize(context, (query) => engine.call('ContainerResize', { parameters, query }))
    : () => {};
  const stopSignals =
    options.proxySignals && !options.tty
      ? forwardSignals((signal) => engine.call('ContainerKill', { parameters, query: { signal } }))
      : () => {};
  try {
    return await runSession(context, hijacked, options);
  } finally {
    stopSize();
    stopSignals();
  }
}
