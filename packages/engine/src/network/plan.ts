import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ContainerCreateBody, NetworkCreateBody, PlanResponse } from '@pontoon/api';
import { type EndpointIntent, type NetworkIntent, type PlannedChange, parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { planNetworkRecord } from './create.ts';
import { portRequests } from './ports.ts';
import { planEndpoints } from './requests.ts';

/** POST /networks/plan: what a network would bring. */
export async function planNetwork(engine: Engine, body: NetworkCreateBody): Promise<PlanResponse> {
  const { intent } = planNetworkRecord(engine, body);
  return {
    Steps: intent ? engine.network.planNetwork(intent).map(step) : [],
    Reach: intent ? reachOfNetwork(intent) : [],
  };
}

/** POST /containers/plan: what the network of a container would bring. */
export async function planContainer(engine: Engine, body: ContainerCreateBody): Promise<PlanResponse> {
  const mode = parseMode(body.HostConfig?.NetworkMode ?? '');
  const connections = planEndpoints(engine, body);
  if (mode.kind === 'host')
    return { Steps: [], Reach: ['It is on the network of the host itself, with all of its ports.'] };
  if (mode.kind === 'container')
    return { Steps: [], Reach: [`It shares the network of container ${mode.container}.`] };
  const id = randomBytes(32).toString('hex');
  const networks = connections.flatMap(({ networkId }) => engine.store.networks.get(networkId)?.intent ?? []);
  const joined = networks.map((network, index) => ({
    network,
    endpoint: planned(engine, id, network, index),
  }));
  const [first] = joined;
  const requests = portRequests(body.HostConfig?.PortBindings ?? {});
  try {
    if (first)
      first.endpoint.ports = engine.network.choosePorts(requests, first.network, first.endpoint.addresses);
    const sandbox = { containerId: id, path: join(engine.options.runRoot, 'netns', id) };
    const Steps = engine.network.planSandbox(sandbox, joined).map(step);
    return {
      Steps,
      Reach: reachOf(
        joined.map(({ network }) => network),
        first?.endpoint,
      ),
    };
  } finally {
    for (const { network, endpoint } of joined) {
      for (const { address } of endpoint.addresses) engine.network.releaseAddress(network, address);
      if (endpoint.ports.length > 0) engine.network.releasePorts(endpoint.ports);
    }
  }
}

function planned(engine: Engine, containerId: string, network: NetworkIntent, index: number): EndpointIntent {
  const id = randomBytes(32).toString('hex');
  const addresses = network.subnets.map(({ family, subnet }) => ({
    ...{ family, address: engine.network.assignAddress(network, family) },
    prefixLength: Number(subnet.split('/')[1]),
  }));
  return {
    ...{ id, networkId: network.id, containerId, addresses, ports: [], mac: '' },
    ...{ interface: `eth${index}`, hostLink: network.driver === 'bridge' ? `veth${id.slice(0, 7)}` : '' },
  };
}

function step({ verb, kind, subject, detail }: PlannedChange) {
  return { Verb: verb, Kind: kind, Subject: subject, Detail: detail };
}

function reachOfNetwork({ name, internal, icc }: NetworkIntent): string[] {
  return [
    icc ? `Containers on ${name} reach each other.` : `Containers on ${name} do not reach each other.`,
    internal
      ? `They do not reach the outside, nor it them.`
      : 'They reach the outside; it reaches what they publish.',
  ];
}

function reachOf(networks: NetworkIntent[], publishing: EndpointIntent | undefined): string[] {
  if (networks.length === 0) return ['Nobody reaches it, and it reaches nobody.'];
  const published = (publishing?.ports ?? []).map(
    ({ hostAddress, hostPort, containerPort, protocol, allow }) => {
      const who = allow?.length ? allow.join(', ') : 'Everyone who reaches the host';
      return `${who} reaches its port ${containerPort}/${protocol} as ${hostAddress}:${hostPort}.`;
    },
  );
  return [...networks.flatMap(reachOfNetwork), ...published];
}
