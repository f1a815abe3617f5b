import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import { volumeData } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import type { VolumeRecord } from '../record.ts';
import { timestamp } from '../time.ts';

/**
 * The volume of that name, made where it is not there yet; without a name an anonymous one.
 * @throws {Fault} invalid, with Docker's text
 */
export function ensureVolume(
  engine: Engine,
  name?: string,
  o: { labels?: Record<string, string>; options?: Record<string, string> } = {},
): VolumeRecord {
  const found = name ? engine.store.volumes.get(name) : undefined;
  if (found) return found;
  if (name) validateVolumeName(name);
  const record: VolumeRecord = {
    name: name || randomBytes(32).toString('hex'),
    created: timestamp(),
    // Docker marks its own so, and `volume prune` without --all looks for it.
    labels: { ...(name ? {} : { 'com.docker.volume.anonymous': '' }), ...o.labels },
    options: o.options ?? {},
    anonymous: !name,
  };
  mkdirSync(volumeData(engine, record.name), { recursive: true, mode: 0o755 });
  engine.store.volumes.save(record);
  engine.events.publish('volume', 'create', { id: record.name, attributes: { driver: 'local' } });
  return record;
}

export function validateVolumeName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return;
  const hint = 'If you intended to pass a host directory, use absolute path';
  const rule =
    'includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed';
  throw new Fault('invalid', `create ${name}: "${name}" ${rule}. ${hint}`);
}
