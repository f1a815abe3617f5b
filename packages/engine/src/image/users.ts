import type { ImageUser } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { isRunning } from '../record.ts';

/** The containers that an image may not be taken from below. */
export function imageUsers(engine: Engine): (imageId: string) => ImageUser[] {
  return (imageId) =>
    engine.store.containers
      .all()
      .filter((record) => record.image === imageId)
      .map((record) => ({ id: record.id, running: isRunning(record) }));
}
