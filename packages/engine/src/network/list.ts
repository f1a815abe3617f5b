import type { NetworkInspect } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { checkFilters, matchesLabels, matchesPattern, truthOf } from '../filters.ts';
import type { NetworkRecord } from '../record.ts';
import { isPredefined } from './find.ts';
import { describeNetwork, membersOf } from './inspect.ts';

const FILTERS = ['driver', 'type', 'name', 'id', 'label', 'scope', 'dangling'];

/** GET /networks */
export async function listNetworks(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<NetworkInspect[]> {
  checkFilters(filters, FILTERS);
  return engine.store.networks
    .all()
    .filter((record) => passes(engine, record, filters))
    .map((record) => describeNetwork(record));
}

function passes(engine: Engine, record: NetworkRecord, filters: Record<string, string[]>): boolean {
  const { driver, type, name, id, scope, dangling } = filters;
  const kinds = type?.map((kind) => {
    if (kind === 'builtin' || kind === 'custom') return kind === 'builtin';
    throw new Fault('invalid', `invalid filter: 'type'='${kind}'`);
  });
  return (
    (!driver || driver.includes(record.driver)) &&
    (!kinds || kinds.includes(isPredefined(record))) &&
    (!name || name.some((pattern) => matchesPattern(record.name, pattern))) &&
    (!id || id.some((start) => matchesPattern(record.id, start))) &&
    (!scope || scope.includes('local')) &&
    (!dangling || truthOf('dangling', dangling) === isDangling(engine, record)) &&
    matchesLabels(record.labels, filters)
  );
}

function isDangling(engine: Engine, record: NetworkRecord): boolean {
  return !isPredefined(record) && membersOf(engine, record).length === 0;
}
