import type { ContainerWaitResponse, WaitCondition } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import type { Ended } from '../live.ts';
import { requireContainer } from './find.ts';

/**
 * POST /containers/{id}/wait. Resolves once it listens, so that a client may then start the container; what it resolves
 * with holds the end itself.
 */
export async function waitContainer(
  engine: Engine,
  ref: string,
  condition: WaitCondition = 'not-running',
): Promise<{ exited: Promise<ContainerWaitResponse> }> {
  if (!['not-running', 'next-exit', 'removed'].includes(condition)) {
    throw new Fault('invalid', `invalid condition: "${condition}"`);
  }
  const record = requireContainer(engine, ref);
  if (condition === 'not-running' && !record.state.Running) {
    return { exited: Promise.resolve(answer({ exitCode: record.state.ExitCode })) };
  }
  const live = engine.live.of(record.id);
  const exited = once(condition === 'removed' ? live.onRemoved : live.onExit);
  return { exited: exited.then(answer) };
}

/** The end of the present run; listens from the moment of the call. */
export function ended(engine: Engine, id: string): Promise<Ended> {
  return once(engine.live.of(id).onExit);
}

function once(listeners: Set<(ended: Ended) => void>): Promise<Ended> {
  return new Promise((resolve) => {
    const listener = (end: Ended) => {
      listeners.delete(listener);
      resolve(end);
    };
    listeners.add(listener);
  });
}

function answer({ exitCode, error }: Ended): ContainerWaitResponse {
  return { StatusCode: exitCode, ...(error ? { Error: { Message: error } } : {}) };
}
