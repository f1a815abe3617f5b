import { rmSync } from 'node:fs';
import { volumeFolder } from '../container/places.ts';
import type { Engine } from '../engine.ts';

/** Gone is fine. The record goes first: a folder without one is removed at boot. */
export function discardVolume(engine: Engine, name: string): void {
  if (!engine.store.volumes.get(name)) return;
  engine.store.volumes.remove(name);
  rmSync(volumeFolder(engine, name), { recursive: true, force: true });
  engine.events.publish('volume', 'destroy', { id: name, attributes: { driver: 'local' } });
}

/** Ids of the containers, running or not, that mount it. */
export function usersOfVolume(engine: Engine, name: string): string[] {
  const users = engine.store.containers
    .all()
    .filter((record) => record.mounts.some((mount) => mount.Name === name));
  return users.map((record) => record.id);
}
