import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';

/** Tells of a network: create, destroy, and connect and disconnect of a container. */
export function networkEvent(
  engine: Engine,
  { id, name, driver }: NetworkRecord,
  action: 'create' | 'destroy' | 'connect' | 'disconnect' | 'update',
  container?: string,
): void {
  const attributes = { name, type: driver, ...(container ? { container } : {}) };
  engine.events.publish('network', action, { id, attributes });
}
