import type { PortChangeBody, PortChangeResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import {
  type EndpointIntent,
  joined,
  type NetworkIntent,
  type PublishedPort,
  singles,
} from '@pontoon/network';
import { requireContainer, requireRunning } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { publishingEndpoint } from './allocate.ts';
import { bindingsNow } from './bindings.ts';
import { type PortPlan, placeOf, planPorts } from './plan-ports.ts';
import { portsOf } from './settings.ts';

/** POST /containers/{id}/ports: publishes and unpublishes while the container runs. */
export async function changePorts(
  engine: Engine,
  ref: string,
  body: PortChangeBody,
): Promise<PortChangeResponse> {
  const { id } = requireContainer(engine, ref);
  const from = body.From ? requireContainer(engine, body.From).id : id;
  return inBoth(engine, id, from, () => {
    const record = requireContainer(engine, id);
    requireRunning(record);
    change(engine, record, from === id ? record : requireContainer(engine, from), body);
    return { Ports: portsOf(record) };
  });
}

/** In an order that two requests which exchange containers cannot block each other by. */
function inBoth<T>(engine: Engine, a: string, b: string, run: () => T): Promise<T> {
  const [first, second] = a < b ? [a, b] : [b, a];
  return engine.queues.run(first, () => (first === second ? run() : engine.queues.run(second, run)));
}

interface Publishing {
  record: ContainerRecord;
  endpoint: EndpointIntent;
  network: NetworkIntent;
}

function publishingOf(engine: Engine, record: ContainerRecord): Publishing {
  const endpoint = publishingEndpoint(engine, record.endpoints);
  const network = endpoint && engine.store.networks.get(endpoint.networkId)?.intent;
  if (!network)
    throw new Fault('conflict', `container ${record.name} is on no network that ports can be published on`);
  return { record, endpoint, network };
}

function change(engine: Engine, record: ContainerRecord, other: ContainerRecord, body: PortChangeBody): void {
  const to = publishingOf(engine, record);
  const from = other === record ? to : publishingOf(engine, other);
  const plan = planPorts(from.endpoint.ports, body, from === to ? undefined : other.name);
  engine.network.releasePorts(plan.released);
  let chosen: PublishedPort[] = [];
  try {
    chosen = engine.network.choosePorts(plan.requests, to.network, to.endpoint.addresses);
    settle(engine, from, to, plan, chosen);
  } catch (error) {
    engine.network.releasePorts(chosen);
    engine.network.holdPorts(plan.released);
    throw error;
  }
}

/** Intent, then kernel; where the kernel refuses, the intent is what it was. */
function settle(
  engine: Engine,
  from: Publishing,
  to: Publishing,
  { gone, kept }: PortPlan,
  chosen: PublishedPort[],
): void {
  const added = [...kept, ...chosen];
  const left = singles(from.endpoint.ports).filter((port) => !gone.has(placeOf(port)));
  const afters: [Publishing, PublishedPort[]][] =
    from === to
      ? [[to, joined([...left, ...added])]]
      : [
          [from, joined(left)],
          [to, joined([...to.endpoint.ports, ...added])],
        ];
  const changes = afters.map(([{ network, endpoint }, after]) => ({
    ...{ network, endpoint, before: endpoint.ports, after },
  }));
  const restore = write(engine, afters);
  try {
    engine.network.changePorts(changes);
  } catch (error) {
    restore();
    throw error;
  }
}

/** Both containers' records or neither: the next start publishes as it is now. @returns its undoing */
function write(engine: Engine, afters: [Publishing, PublishedPort[]][]): () => void {
  const set = (values: { publishing: Publishing; ports: PublishedPort[]; bindings: Bindings }[]) =>
    engine.store.transaction(() => {
      for (const { publishing, ports, bindings } of values) {
        const { record, endpoint } = publishing;
        endpoint.ports = ports;
        record.hostConfig.PortBindings = bindings;
        engine.store.containers.save(record);
      }
    });
  const before = afters.map(([publishing]) => ({
    ...{ publishing, ports: publishing.endpoint.ports },
    bindings: publishing.record.hostConfig.PortBindings,
  }));
  const after = afters.map(([publishing, ports]) => ({
    ...{ publishing, ports },
    bindings: bindingsNow(publishing.record.hostConfig.PortBindings ?? {}, publishing.endpoint.ports, ports),
  }));
  set(after);
  return () => set(before);
}

type Bindings = ContainerRecord['hostConfig']['PortBindings'];
