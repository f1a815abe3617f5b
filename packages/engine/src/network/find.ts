import { Fault } from '@pontoon/fault';
import type { NetworkIntent } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';

/** Always there, and nobody's to change. */
export const PREDEFINED: readonly string[] = ['bridge', 'host', 'none'];

export const isPredefined = ({ name }: NetworkRecord): boolean => PREDEFINED.includes(name);

/** By id, name, or the start of an id, in Docker's order. */
export function findNetwork(engine: Engine, ref: string): NetworkRecord | undefined {
  const { networks } = engine.store;
  const exact = networks.get(ref) ?? networks.find(({ name }) => name === ref);
  if (exact || ref === '') return exact;
  const started = networks.all().filter(({ id }) => id.startsWith(ref));
  if (started.length > 1) {
    throw new Fault(
      'invalid',
      `network ${ref} is ambiguous (${started.length} matches found based on ID prefix)`,
    );
  }
  return started[0];
}

/** @throws {Fault} not-found `network x not found` */
export function requireNetwork(engine: Engine, ref: string): NetworkRecord {
  const found = findNetwork(engine, ref);
  if (!found) throw new Fault('not-found', `network ${ref} not found`);
  return found;
}

/** Those that the kernel holds something for. */
export function networkIntents(engine: Engine): NetworkIntent[] {
  return engine.store.networks.all().flatMap(({ intent }) => (intent ? [intent] : []));
}
