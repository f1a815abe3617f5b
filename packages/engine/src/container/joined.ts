import { Fault } from '@pontoon/fault';
import { parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { requireContainer } from './find.ts';

/**
 * The container that a mode `container:<ref>` names.
 * @throws {Fault} with Docker's texts: missing, itself, not running
 */
export function joinedContainer(engine: Engine, record: ContainerRecord, ref: string, what = 'network') {
  const target = requireContainer(engine, ref);
  if (target.id === record.id) throw new Fault('invalid', `cannot join own ${what}`);
  if (target.state.Restarting) {
    throw new Fault('conflict', `container ${target.id} is restarting, wait until the container is running`);
  }
  if (!target.state.Running) {
    throw new Fault('conflict', `cannot join ${what} of a non running container: ${target.id}`);
  }
  return target;
}

/** Of whom a container has its network: itself, or the last of those that join one another. */
export function networkOwner(engine: Engine, record: ContainerRecord): ContainerRecord {
  const mode = parseMode(record.hostConfig.NetworkMode ?? '');
  if (mode.kind !== 'container') return record;
  return networkOwner(engine, joinedContainer(engine, record, mode.container));
}
