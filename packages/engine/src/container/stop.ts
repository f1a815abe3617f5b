import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@pontoon/fault';
import { signalNumber } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { requireContainer } from './find.ts';
import { endRestarting, send, stopSignalOf } from './kill.ts';
import { ended } from './wait.ts';

export interface StopOptions {
  /** The container's own stop signal where absent. */
  signal?: string;
  /** How long it may take before it is killed; -1: for ever. */
  timeout_s?: number;
}

const PATIENCE_S = 10;
const SIGKILL = 9;

/** POST /containers/{id}/stop. @throws {Fault} not-modified where it does not run */
export function stopContainer(engine: Engine, ref: string, o: StopOptions = {}): Promise<void> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, async () => {
    const record = requireContainer(engine, id);
    if (!record.state.Running) throw new Fault('not-modified', '');
    await stop(engine, record, o);
  });
}

/** In the container's queue only. */
export async function stop(engine: Engine, record: ContainerRecord, o: StopOptions): Promise<void> {
  const signal = o.signal ? signalNumber(o.signal) : stopSignalOf(record);
  if (record.state.Status === 'restarting') endRestarting(engine, record);
  else if (isRunning(record))
    await end(engine, record, signal, o.timeout_s ?? record.config.StopTimeout ?? PATIENCE_S);
  containerEvent(engine, record, 'stop');
}

async function end(
  engine: Engine,
  record: ContainerRecord,
  signal: number,
  timeout_s: number,
): Promise<void> {
  record.stoppedByUser = true;
  engine.store.containers.note(record);
  const over = ended(engine, record.id).then(() => true);
  await sendIfAlive(engine, record, signal);
  if (timeout_s < 0) {
    await over;
    return;
  }
  const patience = new AbortController();
  const late = sleep(timeout_s * 1000, false, { signal: patience.signal }).catch(() => false);
  const inTime = await Promise.race([over, late]);
  patience.abort();
  if (inTime) return;
  await sendIfAlive(engine, record, SIGKILL);
  await over;
}

/** It may end by itself at the same moment. */
async function sendIfAlive(engine: Engine, record: ContainerRecord, signal: number): Promise<void> {
  try {
    await send(engine, record, signal);
  } catch (error) {
    if (engine.containers.state(record.id)?.pid) throw error;
  }
}
