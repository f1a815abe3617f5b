import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';

/** By id, name (with or without slash), or the start of an id, in Docker's order. */
export function findContainer(engine: Engine, ref: string): ContainerRecord | undefined {
  const { containers } = engine.store;
  const exact = containers.get(ref);
  if (exact) return exact;
  const name = ref.replace(/^\//, '');
  const named = containers.find((record) => record.name === name);
  if (named || !/^[0-9a-f]+$/.test(ref)) return named;
  const started = containers.all().filter((record) => record.id.startsWith(ref));
  if (started.length > 1) throw new Fault('invalid', `Multiple IDs found with provided prefix: ${ref}`);
  return started[0];
}

/** @throws {Fault} not-found `No such container: x` */
export function requireContainer(engine: Engine, ref: string): ContainerRecord {
  const found = findContainer(engine, ref);
  if (!found) throw new Fault('not-found', `No such container: ${ref}`);
  return found;
}

/** @throws {Fault} conflict, with Docker's text */
export function requireRunning(record: ContainerRecord): void {
  if (record.state.Status === 'restarting') {
    throw new Fault('conflict', `Container ${record.id} is restarting, wait until the container is running`);
  }
  if (record.state.Status !== 'running' && record.state.Status !== 'paused') {
    throw new Fault('conflict', `container ${record.id} is not running`);
  }
}
