import { Fault } from '@pontoon/fault';
import {
  contains,
  firstOf,
  formatAddress,
  formatPrefix,
  overlap,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefix,
  sizeOf,
  within,
} from '../address.ts';
import type { Family, Subnet } from '../intent.ts';
import { firstFree, type Pool } from './pools.ts';

/** One item of IPAM.Config, as the API gives it. */
export interface SubnetRequest {
  subnet?: string;
  gateway?: string;
  range?: string;
  auxiliary?: Record<string, string>;
}

export interface SubnetsRequest {
  /** IPAM.Config; where a family that is wanted is missing here, a pool gives it. */
  subnets: SubnetRequest[];
  ipv4: boolean;
  ipv6: boolean;
}

export interface Surroundings {
  pools: Pool[];
  pools6: Pool[];
  /** Subnets of the other networks. */
  networks: Prefix[];
  /** Destinations of the host's routes: what comes from a pool keeps off them, what is asked for need not. */
  routes: Prefix[];
}

/** Addresses, gateway and ranges of a new network, checked. Texts and kinds are those of moby's ipamapi. */
export function chooseSubnets(request: SubnetsRequest, around: Surroundings): Subnet[] {
  const chosen = request.subnets
    .filter((wanted) => wanted.subnet || wanted.gateway || wanted.range)
    .map((wanted) => readSubnet(wanted, request, around));
  for (const family of [4, 6] as const) {
    const wanted = family === 4 ? request.ipv4 : request.ipv6;
    if (wanted && !chosen.some((subnet) => subnet.family === family))
      chosen.push(fromPool({}, family, undefined, around));
  }
  const wantedFamilies = chosen.filter(({ family }) => (family === 4 ? request.ipv4 : request.ipv6));
  refuseOverlap(wantedFamilies);
  return wantedFamilies.sort((a, b) => a.family - b.family);
}

function readSubnet(wanted: SubnetRequest, request: SubnetsRequest, around: Surroundings): Subnet {
  if (!wanted.subnet) return onlyWithSubnet(wanted);
  const subnet = parsePrefix(wanted.subnet);
  if (!subnet) throw new Fault('invalid', `invalid subnet ${wanted.subnet}: invalid CIDR block notation`);
  if (subnet.family === 4 ? !request.ipv4 : !request.ipv6) return { ...describe(subnet, wanted) };
  // "0.0.0.0/24" and "::/64" ask for a size only: moby, libnetwork/ipams/defaultipam, RequestPool.
  if (subnet.value === 0n) return fromPool(wanted, subnet.family, subnet.length, around);
  const given = wanted.subnet.split('/')[0]!;
  if (parseAddress(given)?.value !== subnet.value)
    throw new Fault('invalid', `invalid subnet ${wanted.subnet}: it should be ${formatPrefix(subnet)}`);
  refuseTaken(subnet, around.networks);
  return describe(subnet, wanted);
}

function onlyWithSubnet(wanted: SubnetRequest): never {
  const option = wanted.gateway ? 'gateway' : 'ip-range';
  throw new Fault('invalid', `invalid network config:\n${option} needs a subnet: none was given`);
}

function fromPool(
  wanted: SubnetRequest,
  family: Family,
  size: number | undefined,
  around: Surroundings,
): Subnet {
  const pools = family === 4 ? around.pools : around.pools6;
  const subnet = firstFree(pools, [...around.networks, ...around.routes], size);
  if (!subnet) throw new Fault('invalid', 'all predefined address pools have been fully subnetted');
  return describe(subnet, wanted);
}

function refuseTaken(subnet: Prefix, networks: Prefix[]): void {
  if (networks.some((other) => overlap(subnet, other)))
    throw new Fault('forbidden', 'invalid pool request: Pool overlaps with other one on this address space');
}

function refuseOverlap(subnets: Subnet[]): void {
  subnets.forEach((one, index) => {
    refuseTaken(
      prefix(one.subnet),
      subnets.slice(index + 1).map((other) => prefix(other.subnet)),
    );
  });
}

/** Checks gateway, range and auxiliary addresses against the subnet; the gateway is the first address where none is given. */
function describe(subnet: Prefix, wanted: SubnetRequest): Subnet {
  const text = formatPrefix(subnet);
  const range = wanted.range ? readRange(wanted.range, subnet) : undefined;
  const gateway = wanted.gateway
    ? readInside(wanted.gateway, subnet, 'gateway')
    : firstHost(range ?? subnet, subnet);
  const auxiliary = Object.entries(wanted.auxiliary ?? {}).map(
    ([name, address]) => [name, readInside(address, subnet, 'auxiliary address')] as const,
  );
  return {
    ...{ family: subnet.family, subnet: text, gateway },
    ...(range ? { range: formatPrefix(range) } : {}),
    ...(auxiliary.length > 0 ? { auxiliary: Object.fromEntries(auxiliary) } : {}),
  };
}

function readRange(text: string, subnet: Prefix): Prefix {
  const range = parsePrefix(text);
  if (!range) throw new Fault('invalid', `invalid ip-range ${text}: invalid CIDR block notation`);
  if (!within(subnet, range))
    throw new Fault(
      'invalid',
      `invalid network config:\ninvalid ip-range ${text}: parent subnet ${formatPrefix(subnet)} doesn't contain ip-range`,
    );
  return range;
}

function readInside(text: string, subnet: Prefix, what: string): string {
  const parsed = parseAddress(text.split('/')[0]!);
  if (!parsed) throw new Fault('invalid', `invalid ${what} ${text}: invalid address`);
  if (!contains(subnet, parsed))
    throw new Fault(
      'invalid',
      `invalid network config:\ninvalid ${what} ${text}: parent subnet ${formatPrefix(subnet)} doesn't contain this address`,
    );
  return formatAddress(parsed);
}

/** The first address that a host may have: the network's own is left out (not in /31, /32, /127, /128: RFC 3021, RFC 6164). */
function firstHost(range: Prefix, subnet: Prefix): string {
  const first = firstOf(range);
  const isNetwork = first.value === firstOf(subnet).value && sizeOf(subnet) > 2n;
  return formatAddress({ ...first, value: first.value + (isNetwork ? 1n : 0n) });
}
