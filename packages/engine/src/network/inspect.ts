import type { IpamConfig, NetworkContainer, NetworkInspect } from '@pontoon/api';
import type { EndpointIntent, Subnet } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { ContainerRecord, NetworkRecord } from '../record.ts';
import { requireNetwork } from './find.ts';

/** GET /networks/{id} */
export async function inspectNetwork(
  engine: Engine,
  ref: string,
  _o: { verbose?: boolean; scope?: string } = {},
): Promise<NetworkInspect> {
  const record = requireNetwork(engine, ref);
  const members = membersOf(engine, record);
  return {
    ...describeNetwork(record),
    Containers: Object.fromEntries(
      members.map(({ container, endpoint }) => [container.id, describeMember(container, endpoint)]),
    ),
  };
}

/** Running containers on a network, with what each has there; host and none have no endpoints of their own. */
export function membersOf(
  engine: Engine,
  { id }: NetworkRecord,
): { container: ContainerRecord; endpoint: EndpointIntent }[] {
  return engine.store.containers.all().flatMap((container) => {
    const endpoint = container.endpoints.find(({ networkId }) => networkId === id);
    return endpoint ? [{ container, endpoint }] : [];
  });
}

/** An item of GET /networks. */
export function describeNetwork(record: NetworkRecord): NetworkInspect {
  return {
    ...{ Name: record.name, Id: record.id, Created: record.created, Scope: 'local', Driver: record.driver },
    ...{ EnableIPv4: record.enableIPv4, EnableIPv6: record.enableIPv6 },
    IPAM: {
      Driver: record.ipam.Driver ?? 'default',
      Options: record.ipam.Options ?? null,
      Config: record.intent
        ? record.intent.subnets.map(describeSubnet)
        : record.configOnly
          ? (record.ipam.Config ?? [])
          : null,
    },
    ...{ Internal: record.internal, Attachable: record.attachable, Ingress: false },
    ...{ ConfigFrom: { Network: record.configFrom ?? '' }, ConfigOnly: record.configOnly ?? false },
    ...{ Options: record.options, Labels: record.labels },
  };
}

function describeSubnet({ subnet, range, gateway, auxiliary }: Subnet): IpamConfig {
  return {
    Subnet: subnet,
    ...(range ? { IPRange: range } : {}),
    ...(gateway ? { Gateway: gateway } : {}),
    ...(auxiliary ? { AuxiliaryAddresses: auxiliary } : {}),
  };
}

function describeMember({ name }: ContainerRecord, endpoint: EndpointIntent): NetworkContainer {
  const of = (family: 4 | 6) => endpoint.addresses.find((address) => address.family === family);
  const [v4, v6] = [of(4), of(6)];
  return {
    ...{ Name: name, EndpointID: endpoint.id, MacAddress: endpoint.mac },
    IPv4Address: v4 ? `${v4.address}/${v4.prefixLength}` : '',
    IPv6Address: v6 ? `${v6.address}/${v6.prefixLength}` : '',
  };
}
