import type { ContainerPruneResponse } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { checkFilters, matchesLabels, untilMatches } from '../filters.ts';
import type { ContainerRecord } from '../record.ts';
import { removeContainer } from './remove.ts';

/** POST /containers/prune: those that do not run. */
export async function pruneContainers(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<ContainerPruneResponse> {
  checkFilters(filters, ['label', 'label!', 'until']);
  const ended = engine.store.containers.all().filter((record) => isEnded(record) && passes(record, filters));
  const deleted: string[] = [];
  let SpaceReclaimed = 0;
  for (const { id } of ended) {
    const { SizeRw } = await engine.images.sizes(id);
    try {
      await removeContainer(engine, id, { force: false, volumes: false });
      deleted.push(id);
      SpaceReclaimed += SizeRw;
    } catch (error) {
      // It was started, or is being removed by another client.
      engine.log('warn', 'a container could not be pruned', { container: id, error: String(error) });
    }
  }
  engine.events.publish('container', 'prune', { id: '', attributes: { reclaimed: String(SpaceReclaimed) } });
  return { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed };
}

function isEnded({ state }: ContainerRecord): boolean {
  return ['created', 'exited', 'dead'].includes(state.Status);
}

function passes({ config, created }: ContainerRecord, filters: Record<string, string[]>): boolean {
  return matchesLabels(config.Labels ?? {}, filters) && untilMatches(created, filters);
}
