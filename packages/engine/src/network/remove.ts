import type { NetworkPruneResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { checkFilters, matchesLabels, untilMatches } from '../filters.ts';
import type { NetworkRecord } from '../record.ts';
import { refuseRemoval } from './configuration.ts';
import { networkEvent } from './events.ts';
import { isPredefined, requireNetwork } from './find.ts';
import { membersOf } from './inspect.ts';

/** DELETE /networks/{id} */
export async function removeNetwork(engine: Engine, ref: string): Promise<void> {
  const record = requireNetwork(engine, ref);
  if (isPredefined(record))
    throw new Fault('forbidden', `${record.name} is a pre-defined network and cannot be removed`);
  refuseRemoval(engine, record);
  const members = membersOf(engine, record);
  if (members.length > 0) {
    const names = members.map(
      ({ container, endpoint }) => `name:"${container.name}" id:"${endpoint.id.slice(0, 12)}"`,
    );
    const text = `error while removing network: network ${record.name} has active endpoints`;
    throw new Fault('forbidden', `${text} (${names.join(', ')})`);
  }
  take(engine, record);
}

/** POST /networks/prune: those that no running container is on. */
export async function pruneNetworks(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<NetworkPruneResponse> {
  checkFilters(filters, ['until', 'label', 'label!']);
  const unused = engine.store.networks
    .all()
    .filter((record) => !isPredefined(record) && !record.configOnly && membersOf(engine, record).length === 0)
    .filter((record) => matchesLabels(record.labels, filters) && untilMatches(record.created, filters));
  for (const record of unused) take(engine, record);
  const names = unused.map(({ name }) => name);
  engine.events.publish('network', 'prune', { id: '', attributes: { reclaimed: '0' } });
  return { NetworksDeleted: names.length > 0 ? names : null };
}

/** First out of the kernel: what is left there after a crash the store still explains. */
function take(engine: Engine, record: NetworkRecord): void {
  if (record.intent) engine.network.removeNetwork(record.intent);
  engine.store.networks.remove(record.id);
  networkEvent(engine, record, 'destroy');
}
