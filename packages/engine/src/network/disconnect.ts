import type { NetworkDisconnectBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { EndpointIntent } from '@pontoon/network';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord, NetworkRecord } from '../record.ts';
import { chooseGateways, joinedNetworks, publishingEndpoint, releaseEndpoint } from './allocate.ts';
import { networkEvent } from './events.ts';
import { writeNetworkFiles } from './files.ts';
import { requireNetwork } from './find.ts';
import { moveGateways } from './gateway.ts';
import { followNames } from './resolver.ts';
import { publishWanted, sandboxOf } from './sandbox.ts';
import { took } from './took.ts';

/** POST /networks/{id}/disconnect */
export async function disconnectNetwork(
  engine: Engine,
  ref: string,
  body: NetworkDisconnectBody,
): Promise<void> {
  const { id } = requireContainer(engine, body.Container);
  await engine.queues.run(id, () =>
    took(engine, 'network disconnected', id, () => disconnect(engine, ref, id)),
  );
}

async function disconnect(engine: Engine, ref: string, id: string): Promise<void> {
  const record = requireContainer(engine, id);
  const network = requireNetwork(engine, ref);
  if (network.name === 'host')
    throw new Fault(
      'invalid',
      'container cannot be disconnected from host network or connected to host network',
    );
  if (!record.networks.some(({ networkId }) => networkId === network.id))
    throw new Fault('forbidden', `container ${record.id} is not connected to network ${network.name}`);
  const endpoint = record.endpoints.find(({ networkId }) => networkId === network.id);
  record.networks = record.networks.filter(({ networkId }) => networkId !== network.id);
  if (endpoint) await disconnectNow(engine, record, network, endpoint);
  engine.store.containers.save(record);
  if (endpoint) {
    writeNetworkFiles(engine, record);
    followNames(engine, record);
  }
  networkEvent(engine, network, 'disconnect', record.id);
}

async function disconnectNow(
  engine: Engine,
  record: ContainerRecord,
  { intent }: NetworkRecord,
  endpoint: EndpointIntent,
): Promise<void> {
  if (!intent) return;
  const sandbox = sandboxOf(engine, record);
  await engine.network.disconnect(sandbox, intent, endpoint);
  record.endpoints = record.endpoints.filter(({ id }) => id !== endpoint.id);
  releaseEndpoint(engine, endpoint);
  moveGateways(engine, record, chooseGateways(record.endpoints, joinedNetworks(engine, record)));
  if (endpoint.ports.length > 0) publishAnew(engine, record);
}

/** What was published on the endpoint that went is published on the one that leads outside now. */
function publishAnew(engine: Engine, record: ContainerRecord): void {
  if (!publishingEndpoint(engine, record.endpoints)) return;
  const published = publishWanted(engine, record);
  const intent = published && engine.store.networks.get(published.networkId)?.intent;
  engine.store.containers.save(record);
  if (published && intent) engine.network.publish(intent, published, published.ports);
}
