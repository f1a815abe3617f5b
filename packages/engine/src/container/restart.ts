import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { requireContainer } from './find.ts';
import { run } from './start.ts';
import { type StopOptions, stop } from './stop.ts';

/** POST /containers/{id}/restart: also of one that does not run. */
export function restartContainer(engine: Engine, ref: string, o: StopOptions = {}): Promise<void> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, async () => {
    const record = requireContainer(engine, id);
    const { AutoRemove } = record.hostConfig;
    // Docker too: its stop is no end here.
    record.hostConfig.AutoRemove = false;
    try {
      if (record.state.Running) await stop(engine, record, o);
    } finally {
      record.hostConfig.AutoRemove = AutoRemove ?? false;
    }
    await run(engine, record);
    containerEvent(engine, record, 'restart');
  });
}
