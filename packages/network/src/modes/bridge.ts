import { endpointElements } from '../firewall/elements.ts';
import type { EndpointIntent, NetworkIntent, Sandbox } from '../intent.ts';
import { aliasOf, type Owner } from '../names.ts';
import type { Plan, Step } from '../plan.ts';
import { bridgeOf } from './extension.ts';
import { macvlan } from './macvlan.ts';
import { none } from './none.ts';
import type { Outward, Wire } from './wire.ts';

/** What an endpoint needs from the network that it is on, at the moment when it is made. */
export interface Connection {
  network: NetworkIntent;
  endpoint: EndpointIntent;
  wire: Wire;
}

/**
 * `--network=bridge`, and every user-defined network: a namespace of its own, and for each endpoint a veth pair into the
 * bridge, addresses, routes, published ports. The interfaces come in the order of the endpoints.
 */
export function bridge(sandbox: Sandbox, connections: Connection[], owner: Owner): Plan {
  const ipv6 = connections.some(({ endpoint }) => endpoint.addresses.some(({ family }) => family === 6));
  return [
    ...none(sandbox, ipv6),
    ...connections.flatMap((connection) => endpointPlan(sandbox, connection, owner)),
  ];
}

/** One endpoint: the same at start and at `network connect`. */
export function endpointPlan(sandbox: Sandbox, connection: Connection, owner: Owner): Plan {
  const { network, endpoint, wire } = connection;
  const elements = endpointElements(network, endpoint);
  return [
    network.driver === 'bridge' ? veth(sandbox, connection, owner) : macvlan(sandbox, connection, owner),
    ...insidePlan(sandbox, endpoint, wire.outward),
    ...(elements.length > 0 ? [{ kind: 'elements' as const, elements }] : []),
  ];
}

function veth(sandbox: Sandbox, { network, endpoint, wire }: Connection, owner: Owner): Step {
  return {
    ...{
      kind: 'veth',
      name: endpoint.hostLink,
      bridge: bridgeOf(network, endpoint.extension),
      isolated: !network.icc,
    },
    ...{ mtu: wire.mtu, offload: wire.offload, segments: wire.outward?.segments },
    alias: aliasOf(owner, endpoint.id),
    inside: {
      ...{ namespace: sandbox.path, name: endpoint.interface, mac: endpoint.mac },
      ipv6: endpoint.addresses.some(({ family }) => family === 6),
    },
  };
}

/** What is inside the namespace. */
function insidePlan(sandbox: Sandbox, endpoint: EndpointIntent, outward: Outward | undefined): Plan {
  const place = { where: sandbox.path, link: endpoint.interface };
  const ipv6 = endpoint.addresses.some(({ family }) => family === 6);
  return [
    { kind: 'up', ...place },
    // The namespace's default may say otherwise: it was made for the networks that the container started with.
    ...(ipv6
      ? [
          {
            ...{ kind: 'sysctl' as const, where: sandbox.path, value: '0' },
            key: `net.ipv6.conf.${endpoint.interface}.disable_ipv6`,
          },
        ]
      : []),
    ...endpoint.addresses.map(({ address, prefixLength }) => ({
      ...{ kind: 'address' as const, ...place, address, prefixLength },
    })),
    ...(endpoint.linkLocal ?? []).map((address) => ({
      ...{ kind: 'address' as const, ...place, address, prefixLength: address.includes(':') ? 64 : 16 },
    })),
    ...defaultRoutes(sandbox, endpoint, outward),
    ...Object.entries(endpoint.sysctls ?? {}).map(([key, value]) => ({
      ...{ kind: 'sysctl' as const, where: sandbox.path, value },
      key: key.replace('IFNAME', endpoint.interface),
    })),
  ];
}

/** The default routes that the endpoint carries. They say how large what leaves by them may be. */
export function defaultRoutes(
  sandbox: Sandbox,
  endpoint: EndpointIntent,
  outward: Outward | undefined,
): Plan {
  const place = { kind: 'route' as const, where: sandbox.path, link: endpoint.interface };
  const { gateway4, gateway6 } = endpoint;
  return [
    ...(gateway4 ? [{ ...place, destination: '0.0.0.0/0', gateway: gateway4, mtu: outward?.mtu[4] }] : []),
    ...(gateway6 ? [{ ...place, destination: '::/0', gateway: gateway6, mtu: outward?.mtu[6] }] : []),
  ];
}
