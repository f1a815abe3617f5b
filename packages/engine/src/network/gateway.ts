import type { EndpointIntent } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { publishingEndpoint } from './allocate.ts';
import { sandboxOf } from './sandbox.ts';

/**
 * The networks of a running container changed: the default routes go to whom they belong now, and the published ports
 * with them.
 * @param chosen the endpoints with their gateways as they shall be
 */
export function moveGateways(engine: Engine, record: ContainerRecord, chosen: EndpointIntent[]): void {
  const before = new Map(record.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  record.endpoints = chosen;
  engine.store.containers.save(record);
  const changed = chosen.filter((endpoint) => {
    const old = before.get(endpoint.id);
    return old?.gateway4 !== endpoint.gateway4 || old?.gateway6 !== endpoint.gateway6;
  });
  // Those that lose a route first: the one that gets it replaces it anyhow.
  changed.sort((a, b) => count(a) - count(b));
  for (const endpoint of changed) engine.network.changeGateway(sandboxOf(engine, record), endpoint);
  movePorts(engine, record);
}

const count = ({ gateway4, gateway6 }: EndpointIntent) => Number(!!gateway4) + Number(!!gateway6);

function movePorts(engine: Engine, record: ContainerRecord): void {
  const from = record.endpoints.find(({ ports }) => ports.length > 0);
  const to = publishingEndpoint(engine, record.endpoints);
  const networkOf = (endpoint: EndpointIntent) => engine.store.networks.get(endpoint.networkId)?.intent;
  if (!from || !to || from.id === to.id) return;
  const [old, next] = [networkOf(from), networkOf(to)];
  if (!old || !next) return;
  const { ports } = from;
  engine.network.movePorts({ network: old, endpoint: from }, { network: next, endpoint: to }, ports);
  from.ports = [];
  to.ports = ports;
  engine.store.containers.save(record);
}
