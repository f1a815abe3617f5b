import { BlockList, isIP } from 'node:net';
import type { IpamConfig, NetworkCreateBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';

export interface NetworkWish {
  name: string;
  driver: string;
  subnets: string[];
  ranges: string[];
  gateways: string[];
  auxiliary: Record<string, string>;
  options: Record<string, string>;
  ipamDriver: string;
  ipamOptions: Record<string, string>;
  labels: Record<string, string>;
  internal: boolean;
  attachable: boolean;
  configOnly: boolean;
  configFrom?: string;
  scope?: string;
  ipv4?: boolean;
  ipv6?: boolean;
}

/** The body of POST /networks/create: each range, gateway and auxiliary address goes to the subnet that holds it. */
export function networkBody(wish: NetworkWish): NetworkCreateBody {
  return {
    Name: wish.name,
    Driver: wish.driver,
    Internal: wish.internal,
    Attachable: wish.attachable,
    ConfigOnly: wish.configOnly,
    Options: wish.options,
    Labels: wish.labels,
    IPAM: { Driver: wish.ipamDriver, Options: wish.ipamOptions, Config: ipamConfig(wish) },
    ...(wish.scope ? { Scope: wish.scope } : {}),
    ...(wish.configFrom ? { ConfigFrom: { Network: wish.configFrom } } : {}),
    ...(wish.ipv4 === undefined ? {} : { EnableIPv4: wish.ipv4 }),
    ...(wish.ipv6 === undefined ? {} : { EnableIPv6: wish.ipv6 }),
  };
}

export function ipamConfig(
  wish: Pick<NetworkWish, 'subnets' | 'ranges' | 'gateways' | 'auxiliary'>,
): IpamConfig[] {
  if (wish.subnets.length < wish.ranges.length || wish.subnets.length < wish.gateways.length)
    invalid('every ip-range or gateway must have a corresponding subnet');
  const configs = wish.subnets.map((subnet): IpamConfig => ({ Subnet: subnet }));
  checkOverlap(wish.subnets);
  for (const range of wish.ranges) {
    const config = holderOf(configs, range) ?? invalid(`no matching subnet for range ${range}`);
    if (config.IPRange)
      invalid(
        `cannot configure multiple ranges (${range}, ${config.IPRange}) on the same subnet (${config.Subnet})`,
      );
    config.IPRange = range;
  }
  for (const gateway of wish.gateways) {
    const config = holderOf(configs, gateway) ?? invalid(`no matching subnet for gateway ${gateway}`);
    if (config.Gateway)
      invalid(
        `cannot configure multiple gateways (${gateway}, ${config.Gateway}) for the same subnet (${config.Subnet})`,
      );
    config.Gateway = gateway;
  }
  for (const [name, address] of Object.entries(wish.auxiliary)) {
    const config = holderOf(configs, address) ?? invalid(`no matching subnet for aux-address ${address}`);
    config.AuxiliaryAddresses = { ...config.AuxiliaryAddresses, [name]: address };
  }
  return configs;
}

function checkOverlap(subnets: string[]): void {
  for (const [at, subnet] of subnets.entries())
    for (const other of subnets.slice(0, at))
      if (holds(other, baseOf(subnet)) || holds(subnet, baseOf(other)))
        invalid('multiple overlapping subnet configuration is not supported');
}

const baseOf = (cidr: string): string => cidr.split('/')[0]!;

const holderOf = (configs: IpamConfig[], address: string): IpamConfig | undefined =>
  configs.find(({ Subnet = '' }) => holds(Subnet, baseOf(address)));

function holds(subnet: string, address: string): boolean {
  const [base = '', length] = subnet.split('/');
  const family = isIP(base);
  if (family === 0 || !/^\d+$/.test(length ?? '') || Number(length) > (family === 4 ? 32 : 128))
    invalid(`invalid CIDR address: ${subnet}`);
  if (isIP(address) !== family) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), `ipv${family as 4 | 6}`);
  return list.check(address, `ipv${family as 4 | 6}`);
}

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
