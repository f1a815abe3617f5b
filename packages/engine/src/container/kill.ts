import { Fault } from '@pontoon/fault';
import { signalNumber } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { type ContainerRecord, isRunning, setStatus } from '../record.ts';
import { requireContainer } from './find.ts';

const SIGKILL = 9;

/**
 * POST /containers/{id}/kill. Not queued: it has to work while a stop waits for the container.
 * @throws {Fault} invalid `Invalid signal: x`; conflict where it does not run
 */
export async function killContainer(engine: Engine, ref: string, signal = 'SIGKILL'): Promise<void> {
  const record = toKill(engine, ref);
  const number = signalNumber(signal || 'SIGKILL');
  if (record.state.Status === 'restarting') {
    endRestarting(engine, record);
    return;
  }
  if (!isRunning(record)) {
    throw new Fault('conflict', `cannot kill container: ${ref}: container ${record.id} is not running`);
  }
  // A policy must not start again what the user has ended.
  if (number === SIGKILL || number === stopSignalOf(record)) {
    record.stoppedByUser = true;
    engine.store.containers.save(record);
  }
  await send(engine, record, number);
}

export function stopSignalOf({ config }: ContainerRecord): number {
  return signalNumber(config.StopSignal || 'SIGTERM');
}

/** Also to a paused container: it gets it when it goes on, which a deadly one has it do at once. */
export async function send(engine: Engine, record: ContainerRecord, signal: number): Promise<void> {
  engine.containers.kill(record.id, signal);
  containerEvent(engine, record, 'kill', { signal: String(signal) });
  if (record.state.Status === 'paused' && record.stoppedByUser) {
    setStatus(record, 'running');
    await engine.containers.resume(record.id);
  }
}

/** Between two runs of a policy: there will be no further one. */
export function endRestarting(engine: Engine, record: ContainerRecord): void {
  clearTimeout(engine.live.of(record.id).restartTimer);
  record.stoppedByUser = true;
  setStatus(record, 'exited');
  engine.store.containers.note(record);
}

function toKill(engine: Engine, ref: string): ContainerRecord {
  try {
    return requireContainer(engine, ref);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `cannot kill container: ${ref}: ${error.message}`, { cause: error });
  }
}
