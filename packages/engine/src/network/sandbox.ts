import { join } from 'node:path';
import { Fault, messageOf } from '@pontoon/fault';
import { type EndpointIntent, parseMode, type Sandbox } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import {
  allocateEndpoint,
  chooseGateways,
  joinedNetworks,
  publishingEndpoint,
  releaseEndpoint,
  wantedPorts,
} from './allocate.ts';
import { networkEvent } from './events.ts';
import { followNames } from './resolver.ts';
import { took } from './took.ts';

export function sandboxOf(engine: Engine, { id }: ContainerRecord): Sandbox {
  return { containerId: id, path: join(engine.options.runRoot, 'netns', id) };
}

/** Whether a container, when it runs, has a network namespace of its own. */
export function hasSandbox({ hostConfig }: ContainerRecord): boolean {
  const { kind } = parseMode(hostConfig.NetworkMode ?? '');
  return kind !== 'host' && kind !== 'container';
}

/**
 * At a container's start: addresses and ports are chosen and written down, then the namespace is made. Not for
 * container mode, which has another's.
 * @returns what the runtime is to join: 'host', or the namespace's path
 * @throws {Fault} with Docker's texts; then nothing of it stays
 */
export function openSandbox(engine: Engine, record: ContainerRecord): string {
  if (!hasSandbox(record)) return 'host';
  return took(engine, 'network set up', record.id, () => makeSandbox(engine, record));
}

function makeSandbox(engine: Engine, record: ContainerRecord): string {
  const sandbox = sandboxOf(engine, record);
  try {
    record.endpoints = [];
    allocate(engine, record);
    engine.store.containers.save(record);
    engine.network.startSandbox(sandbox, connectionsOf(engine, record.endpoints));
  } catch (error) {
    release(engine, record);
    throw error;
  }
  tell(engine, record.endpoints, 'connect');
  followNames(engine, record);
  return sandbox.path;
}

/** At a container's end. Goes on at errors, which are for the log: nobody can do anything about them. */
export function closeSandbox(engine: Engine, record: ContainerRecord): void {
  if (!hasSandbox(record)) return;
  const connections = connectionsOf(engine, record.endpoints);
  const sandbox = sandboxOf(engine, record);
  const attempt = (step: () => void) => {
    try {
      step();
    } catch (error) {
      const fields = { container: record.id, error: messageOf(error) };
      engine.log('error', 'the network of a container could not be removed', fields);
    }
  };
  for (const attachment of record.attachments) attempt(() => engine.network.detach(sandbox, attachment));
  attempt(() => engine.network.stopSandbox(sandbox, connections));
  const gone = record.endpoints;
  release(engine, record);
  tell(engine, gone, 'disconnect');
  followNames(engine, record);
}

function allocate(engine: Engine, record: ContainerRecord): void {
  const joined = joinedNetworks(engine, record);
  for (const one of joined) record.endpoints.push(allocateEndpoint(engine, record, one));
  record.endpoints = chooseGateways(record.endpoints, joined);
  publishWanted(engine, record);
}

/** Holds the host's ports for what the container publishes, on the endpoint that they lead to. */
export function publishWanted(engine: Engine, record: ContainerRecord): EndpointIntent | undefined {
  const requests = wantedPorts(record);
  const endpoint = publishingEndpoint(engine, record.endpoints);
  const intent = endpoint && engine.store.networks.get(endpoint.networkId)?.intent;
  if (requests.length === 0 || !intent) return undefined;
  try {
    endpoint.ports = engine.network.choosePorts(requests, intent, endpoint.addresses);
  } catch (error) {
    const where = `driver failed programming external connectivity on endpoint ${record.name} (${endpoint.id})`;
    throw new Fault('internal', `${where}: ${messageOf(error)}`, { cause: error });
  }
  return endpoint;
}

function release(engine: Engine, record: ContainerRecord): void {
  for (const endpoint of record.endpoints) releaseEndpoint(engine, endpoint);
  record.endpoints = [];
  record.attachments = [];
  engine.store.containers.note(record);
}

/** Endpoints with the networks that they are on. */
export function connectionsOf(engine: Engine, endpoints: EndpointIntent[]) {
  return endpoints.flatMap((endpoint) => {
    const network = engine.store.networks.get(endpoint.networkId)?.intent;
    return network ? [{ network, endpoint }] : [];
  });
}

function tell(engine: Engine, endpoints: EndpointIntent[], action: 'connect' | 'disconnect'): void {
  for (const { networkId, containerId } of endpoints) {
    const network = engine.store.networks.get(networkId);
    if (network) networkEvent(engine, network, action, containerId);
  }
}
