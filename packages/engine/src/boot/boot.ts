import { messageOf } from '@pontoon/fault';
import { discardBuildNetworks } from '../building/network.ts';
import { discardWork } from '../building/place.ts';
import { removeRecord } from '../container/remove.ts';
import { startsAtBoot } from '../container/restart-policy.ts';
import { run } from '../container/start.ts';
import type { Engine } from '../engine.ts';
import { recordPredefined } from '../network/predefined.ts';
import { resumeNames } from '../network/resolver.ts';
import { networkState } from '../network/state.ts';
import type { ContainerRecord } from '../record.ts';
import { removeLeftovers } from './leftovers.ts';
import { takeOver } from './take-over.ts';
import { watchNetwork } from './watch-network.ts';

/**
 * The store says what was meant, the kernel and the runtime what is: containers that run are taken over as they are,
 * those that ended meanwhile get their exit code, what nobody knows is removed, the network is mended.
 */
export async function boot(engine: Engine): Promise<void> {
  recordPredefined(engine);
  const records = engine.store.containers.all();
  for (const record of records) await takeOver(engine, record);
  discardWork(engine);
  await removeLeftovers(engine);
  for (const finding of engine.network.reconcile(networkState(engine))) {
    engine.log('info', 'network put right', { ...finding });
  }
  resumeNames(engine);
  watchNetwork(engine);
  await discardBuildNetworks(engine);
  for (const record of records) proceed(engine, record);
  void engine.images.collect().catch((error: unknown) => {
    engine.log('warn', 'removing unused layers', { error: messageOf(error) });
  });
}

/** Removals that were begun are ended, policies applied: in each container's queue, before any request. */
function proceed(engine: Engine, record: ContainerRecord): void {
  const { Status } = record.state;
  const next = nextStep(engine, record, Status);
  if (!next) return;
  void engine.queues.run(record.id, next).catch((error: unknown) => {
    engine.log('warn', 'after the start of the engine', { container: record.id, error: messageOf(error) });
  });
}

function nextStep(engine: Engine, record: ContainerRecord, status: ContainerRecord['state']['Status']) {
  if (status === 'running' || status === 'paused') return undefined;
  const remove = () => removeRecord(engine, record, { volumes: record.hostConfig.AutoRemove ?? false });
  if (status === 'removing' || status === 'dead') return remove;
  if (record.hostConfig.AutoRemove && status !== 'created') return remove;
  if (startsAtBoot(record)) return () => run(engine, record);
  return undefined;
}
