import type { PortBinding, PortChangeBody, PortChangeResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { EndpointIntent, NetworkIntent, PublishedPort } from '@pontoon/network';
import { requireContainer, requireRunning } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { publishingEndpoint } from './allocate.ts';
import { parsePort, portRequests, publishedMap } from './ports.ts';
import { portsOf } from './settings.ts';

/** POST /containers/{id}/ports: publishes and unpublishes while the container runs. */
export async function changePorts(
  engine: Engine,
  ref: string,
  body: PortChangeBody,
): Promise<PortChangeResponse> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, () => {
    const record = requireContainer(engine, id);
    requireRunning(record);
    if (body.From) takeOver(engine, record, requireContainer(engine, body.From), body);
    else change(engine, record, body);
    return { Ports: portsOf(record) };
  });
}

interface Publishing {
  endpoint: EndpointIntent;
  network: NetworkIntent;
}

function publishingOf(engine: Engine, record: ContainerRecord): Publishing {
  const endpoint = publishingEndpoint(engine, record.endpoints);
  const network = endpoint && engine.store.networks.get(endpoint.networkId)?.intent;
  if (!network)
    throw new Fault('conflict', `container ${record.name} is on no network that ports can be published on`);
  return { endpoint, network };
}

function change(engine: Engine, record: ContainerRecord, { Add, Remove }: PortChangeBody): void {
  const { endpoint, network } = publishingOf(engine, record);
  const gone = Object.entries(Remove ?? {}).flatMap(([port, bindings]) => matching(endpoint, port, bindings));
  const added = engine.network.choosePorts(portRequests(Add ?? {}), network, endpoint.addresses);
  endpoint.ports = [...endpoint.ports.filter((port) => !gone.includes(port)), ...added];
  keepBindings(record, gone, added);
  engine.store.containers.save(record);
  if (added.length > 0) engine.network.publish(network, endpoint, added);
  if (gone.length > 0) {
    engine.network.unpublish(network, endpoint, gone);
    engine.network.releasePorts(gone);
  }
}

/** The next start publishes as it is now. */
function keepBindings({ hostConfig }: ContainerRecord, gone: PublishedPort[], added: PublishedPort[]): void {
  const numbers = new Set(gone.map(({ hostPort }) => String(hostPort)));
  const kept = Object.entries(hostConfig.PortBindings ?? {}).map(([port, bindings]) => {
    return [port, (bindings ?? []).filter(({ HostPort }) => !numbers.has(HostPort ?? ''))] as const;
  });
  const wanted = Object.fromEntries(kept.filter(([, bindings]) => bindings.length > 0));
  for (const [port, bindings] of Object.entries(publishedMap(added))) {
    wanted[port] = [...(wanted[port] ?? []), ...bindings];
  }
  hostConfig.PortBindings = wanted;
}

/** All of a container port where no binding is named. @throws {Fault} not-found */
function matching(endpoint: EndpointIntent, port: string, bindings: PortBinding[]): PublishedPort[] {
  const { protocol, first } = parsePort(port);
  const found = endpoint.ports.filter(
    (one) =>
      one.protocol === protocol &&
      one.containerPort === first &&
      (bindings.length === 0 || bindings.some((binding) => isBinding(one, binding))),
  );
  if (found.length === 0) throw new Fault('not-found', `port ${port} is not published`);
  return found;
}

function isBinding({ hostAddress, hostPort }: PublishedPort, { HostIp, HostPort }: PortBinding): boolean {
  return (!HostIp || HostIp === hostAddress) && (!HostPort || Number(HostPort) === hostPort);
}

/** Host ports of another container lead here from one moment to the next; connections that are there stay there. */
function takeOver(
  engine: Engine,
  record: ContainerRecord,
  other: ContainerRecord,
  { Add }: PortChangeBody,
): void {
  const [from, to] = [publishingOf(engine, other), publishingOf(engine, record)];
  for (const [port, bindings] of Object.entries(Add ?? {})) {
    const { protocol, first } = parsePort(port);
    const old = from.endpoint.ports.filter(
      (one) => one.protocol === protocol && bindings.some((binding) => isBinding(one, binding)),
    );
    if (old.length === 0)
      throw new Fault('not-found', `container ${other.name} does not publish ${port} there`);
    const taken = old.map((one) => ({ ...one, containerPort: first }));
    from.endpoint.ports = from.endpoint.ports.filter((one) => !old.includes(one));
    to.endpoint.ports = [...to.endpoint.ports, ...taken];
    keepBindings(other, old, []);
    keepBindings(record, [], taken);
    engine.store.containers.save(other);
    engine.store.containers.save(record);
    engine.network.movePorts(from, to, old, taken);
  }
}
