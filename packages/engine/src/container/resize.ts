import type { Engine } from '../engine.ts';
import { requireContainer, requireRunning } from './find.ts';

/** POST /containers/{id}/resize. @throws {Fault} conflict where it does not run */
export async function resizeContainer(
  engine: Engine,
  ref: string,
  size: { rows: number; columns: number },
): Promise<void> {
  const record = requireContainer(engine, ref);
  requireRunning(record);
  engine.containers.resize(record.id, size);
}
