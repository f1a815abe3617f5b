import { volumeData } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import type { MountRecord } from '../record.ts';
import { ensureVolume } from './ensure.ts';
import type { MountPlan } from './plan.ts';

/** The planned mounts with their volumes in place. @returns also the names of the volumes that were made for it */
export function makeVolumes(engine: Engine, plan: MountPlan[]): { mounts: MountRecord[]; made: string[] } {
  const made: string[] = [];
  const mounts = plan.map(({ volume, ...mount }): MountRecord => {
    if (!volume) return mount;
    const known = volume.name !== undefined && engine.store.volumes.get(volume.name) !== undefined;
    const record = ensureVolume(engine, volume.name, volume);
    if (!known) made.push(record.name);
    return {
      ...mount,
      Name: record.name,
      Source: volumeData(engine, record.name),
      ...(volume.name === undefined ? { anonymous: true } : {}),
    };
  });
  return { mounts, made };
}
