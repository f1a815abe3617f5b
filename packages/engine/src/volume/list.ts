import type { Volume, VolumeListResponse } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { checkFilters, matchesLabels, matchesPattern, truthOf } from '../filters.ts';
import { usersOfVolume } from './discard.ts';
import { describeVolume, requireVolume } from './shape.ts';

/** GET /volumes */
export async function listVolumes(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<VolumeListResponse> {
  checkFilters(filters, ['dangling', 'driver', 'label', 'name']);
  const { dangling, driver, name } = filters;
  const found = engine.store.volumes
    .all()
    .filter(
      (record) =>
        (!driver || driver.includes('local')) &&
        (!name || name.some((pattern) => matchesPattern(record.name, pattern))) &&
        (!dangling || truthOf('dangling', dangling) === (usersOfVolume(engine, record.name).length === 0)) &&
        matchesLabels(record.labels, filters),
    );
  return { Volumes: found.map((record) => describeVolume(engine, record)), Warnings: null };
}

/** GET /volumes/{name} */
export async function inspectVolume(engine: Engine, name: string): Promise<Volume> {
  return describeVolume(engine, requireVolume(engine, name));
}
