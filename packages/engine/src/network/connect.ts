import type { EndpointSettings, NetworkConnectBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { parseMode } from '@pontoon/network';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import { type ConnectionRecord, type ContainerRecord, isRunning, type NetworkRecord } from '../record.ts';
import { allocateEndpoint, chooseGateways, joinedNetworks, releaseEndpoint } from './allocate.ts';
import { networkEvent } from './events.ts';
import { writeNetworkFiles } from './files.ts';
import { requireNetwork } from './find.ts';
import { moveGateways } from './gateway.ts';
import { connectionTo } from './requests.ts';
import { followNames } from './resolver.ts';
import { sandboxOf } from './sandbox.ts';
import { took } from './took.ts';

/** POST /networks/{id}/connect: now where the container runs, else from its next start on. */
export async function connectNetwork(engine: Engine, ref: string, body: NetworkConnectBody): Promise<void> {
  const { id } = requireContainer(engine, body.Container);
  await engine.queues.run(id, () =>
    took(engine, 'network connected', id, () => connect(engine, ref, id, body.EndpointConfig ?? {})),
  );
}

function connect(engine: Engine, ref: string, id: string, settings: EndpointSettings): void {
  const record = requireContainer(engine, id);
  const network = requireNetwork(engine, ref);
  refuseModes(engine, record, network);
  if (record.networks.some(({ networkId }) => networkId === network.id)) {
    const text = `endpoint with name ${record.name} already exists in network ${network.name}`;
    throw new Fault('forbidden', text);
  }
  const connection = connectionTo(network, settings);
  record.networks.push(connection);
  try {
    if (isRunning(record) && network.intent) connectNow(engine, record, connection);
  } catch (error) {
    record.networks = record.networks.filter((other) => other !== connection);
    engine.store.containers.save(record);
    throw error;
  }
  engine.store.containers.save(record);
  if (isRunning(record)) {
    writeNetworkFiles(engine, record);
    followNames(engine, record);
  }
  networkEvent(engine, network, 'connect', record.id);
}

function connectNow(engine: Engine, record: ContainerRecord, { networkId }: ConnectionRecord): void {
  const joined = joinedNetworks(engine, record);
  const own = joined.find(({ network }) => network.id === networkId);
  if (!own) return;
  const endpoint = allocateEndpoint(engine, record, own);
  record.endpoints.push(endpoint);
  engine.store.containers.save(record);
  try {
    engine.network.connect(sandboxOf(engine, record), own.network.intent, endpoint);
    moveGateways(engine, record, chooseGateways(record.endpoints, joined));
  } catch (error) {
    record.endpoints = record.endpoints.filter(({ id }) => id !== endpoint.id);
    releaseEndpoint(engine, endpoint);
    throw error;
  }
}

/** moby, runconfig/errors.go and daemon/container_operations.go */
export function refuseModes(engine: Engine, record: ContainerRecord, network: NetworkRecord): void {
  const { kind } = parseMode(record.hostConfig.NetworkMode ?? '');
  if (kind === 'container' || kind === 'host')
    throw new Fault(
      'invalid',
      'container sharing network namespace with another container or host cannot be connected to any other network',
    );
  if (network.name === 'host')
    throw new Fault(
      'invalid',
      'container cannot be disconnected from host network or connected to host network',
    );
  const joined = record.networks.map(({ networkId }) => engine.store.networks.get(networkId)?.name);
  if (joined.includes('none') || (network.name === 'none' && joined.length > 0))
    throw new Fault(
      'invalid',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
}
