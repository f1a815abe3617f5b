import type { Volume } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { volumeData } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import type { VolumeRecord } from '../record.ts';

export function describeVolume(engine: Engine, record: VolumeRecord): Volume {
  return {
    ...{ Name: record.name, Driver: 'local', Mountpoint: volumeData(engine, record.name) },
    ...{ CreatedAt: record.created, Labels: record.labels, Scope: 'local' },
    Options: Object.keys(record.options).length > 0 ? record.options : null,
  };
}

/** @throws {Fault} not-found */
export function requireVolume(engine: Engine, name: string): VolumeRecord {
  const record = engine.store.volumes.get(name);
  if (!record) throw new Fault('not-found', `get ${name}: no such volume`);
  return record;
}
