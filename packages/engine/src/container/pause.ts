import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { setStatus } from '../record.ts';
import { requireContainer, requireRunning } from './find.ts';

/** POST /containers/{id}/pause. @throws {Fault} conflict, with Docker's texts */
export function pauseContainer(engine: Engine, ref: string): Promise<void> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, async () => {
    const record = requireContainer(engine, id);
    requireRunning(record);
    if (record.state.Paused) throw new Fault('conflict', `Container ${record.id} is already paused`);
    await engine.containers.pause(id);
    setStatus(record, 'paused');
    engine.store.containers.save(record);
    containerEvent(engine, record, 'pause');
  });
}

/** POST /containers/{id}/unpause. @throws {Fault} conflict, with Docker's text */
export function unpauseContainer(engine: Engine, ref: string): Promise<void> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, async () => {
    const record = requireContainer(engine, id);
    if (!record.state.Paused) throw new Fault('conflict', `Container ${record.id} is not paused`);
    await engine.containers.resume(id);
    setStatus(record, 'running');
    engine.store.containers.save(record);
    containerEvent(engine, record, 'unpause');
  });
}
