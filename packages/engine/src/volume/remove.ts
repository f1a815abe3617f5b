import type { VolumePruneResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { volumeData } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import { checkFilters, matchesLabels, truthOf } from '../filters.ts';
import type { VolumeRecord } from '../record.ts';
import { discardVolume, usersOfVolume } from './discard.ts';
import { requireVolume } from './shape.ts';
import { folderSize } from './size.ts';

/** DELETE /volumes/{name} */
export async function removeVolume(engine: Engine, name: string, o: { force?: boolean } = {}): Promise<void> {
  if (o.force && !engine.store.volumes.get(name)) return;
  requireVolume(engine, name);
  const users = usersOfVolume(engine, name);
  if (users.length > 0)
    throw new Fault('conflict', `remove ${name}: volume is in use - [${users.join(', ')}]`);
  discardVolume(engine, name);
}

/** POST /volumes/prune: anonymous ones that no container has; with the filter `all`, named ones too. */
export async function pruneVolumes(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<VolumePruneResponse> {
  checkFilters(filters, ['all', 'label', 'label!']);
  const all = filters.all ? truthOf('all', filters.all) : false;
  const unused = engine.store.volumes.all().filter((record) => isUnused(engine, record, all, filters));
  let SpaceReclaimed = 0;
  for (const { name } of unused) {
    SpaceReclaimed += await folderSize(volumeData(engine, name));
    discardVolume(engine, name);
  }
  engine.events.publish('volume', 'prune', { id: '', attributes: { reclaimed: String(SpaceReclaimed) } });
  const names = unused.map(({ name }) => name);
  return { VolumesDeleted: names.length > 0 ? names : null, SpaceReclaimed };
}

function isUnused(
  engine: Engine,
  { name, labels, anonymous }: VolumeRecord,
  all: boolean,
  filters: Record<string, string[]>,
): boolean {
  return (all || anonymous) && usersOfVolume(engine, name).length === 0 && matchesLabels(labels, filters);
}
