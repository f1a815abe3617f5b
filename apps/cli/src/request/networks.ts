import type { EndpointSettings } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { parseInteger } from '../flags/values.ts';
import { splitFields, splitPair } from './fields.ts';

/** One `--network`: a mode or a network's name, and what the long form says about the endpoint. */
export interface NetworkOption {
  target: string;
  aliases: string[];
  links: string[];
  linkLocal: string[];
  driverOptions: Record<string, string>;
  address4?: string;
  address6?: string;
  mac?: string;
  priority?: number;
}

/** Flags that stand for the whole container and go to its first network. */
export interface ContainerWide {
  aliases: string[];
  links: string[];
  linkLocal: string[];
  address4?: string;
  address6?: string;
  mac?: string;
}

/** `--network NAME`, or `--network name=NAME,alias=a,ip=10.0.0.2,…`. */
export function readNetwork(given: string): NetworkOption {
  const option: NetworkOption = { target: '', aliases: [], links: [], linkLocal: [], driverOptions: {} };
  if (!given.includes('=')) return { ...option, target: given };
  for (const field of splitFields(given)) setField(option, field);
  if (option.target === '') invalid('network name/id is not specified');
  return option;
}

function setField(option: NetworkOption, field: string): void {
  const { key, value } = splitPair(field);
  if (value === undefined) invalid(`invalid field ${field}`);
  switch (key) {
    case 'name':
      option.target = value;
      break;
    case 'alias':
      option.aliases.push(value);
      break;
    case 'driver-opt': {
      const at = value.indexOf('=');
      if (at < 1) invalid(`invalid key value pair format in driver options`);
      option.driverOptions[value.slice(0, at)] = value.slice(at + 1);
      break;
    }
    case 'ip':
      option.address4 = value;
      break;
    case 'ip6':
      option.address6 = value;
      break;
    case 'mac-address':
      option.mac = value;
      break;
    case 'link-local-ip':
      option.linkLocal.push(value);
      break;
    case 'gw-priority':
      option.priority = parseInteger(value);
      break;
    default:
      invalid(`invalid field key ${key}`);
  }
}

/** `NetworkingConfig.EndpointsConfig`, with Docker's rules for what may stand beside what. */
export function readEndpoints(
  networks: NetworkOption[],
  wide: ContainerWide,
): Record<string, EndpointSettings> {
  const all = networks.length > 0 ? networks : [readNetwork('default')];
  if (all.some(isUserDefined) && !all.every(isUserDefined))
    invalid('conflicting options: cannot attach both user-defined and non-user-defined network-modes');
  const endpoints: Record<string, EndpointSettings> = {};
  for (const [index, network] of all.entries()) {
    const endpoint = settingsOf(index === 0 ? withContainerWide(network, wide) : network);
    if (network.target in endpoints) invalid(`network "${network.target}" is specified multiple times`);
    // A lone network without wishes is told by NetworkMode already.
    if (all.length > 1 || Object.keys(endpoint).length > 0) endpoints[network.target] = endpoint;
  }
  return endpoints;
}

const isUserDefined = ({ target }: NetworkOption): boolean =>
  !['default', 'bridge', 'host', 'none'].includes(target) && !target.startsWith('container:');

function withContainerWide(network: NetworkOption, wide: ContainerWide): NetworkOption {
  const clash = (flag: string, field: string) =>
    invalid(`conflicting options: cannot specify both --${flag} and per-network ${field}`);
  if (wide.aliases.length > 0 && network.aliases.length > 0) clash('network-alias', 'alias');
  if (wide.links.length > 0 && network.links.length > 0) clash('link', 'links');
  if (wide.address4 && network.address4) clash('ip', 'IPv4 address');
  if (wide.address6 && network.address6) clash('ip6', 'IPv6 address');
  if (wide.mac && network.mac) clash('mac-address', 'MAC address');
  return {
    ...network,
    aliases: [...network.aliases, ...wide.aliases],
    // On the default bridge links are the container's own (HostConfig.Links), elsewhere the endpoint's.
    links: isUserDefined(network) ? [...network.links, ...wide.links] : network.links,
    linkLocal: [...network.linkLocal, ...wide.linkLocal],
    address4: network.address4 ?? wide.address4,
    address6: network.address6 ?? wide.address6,
    mac: network.mac ?? wide.mac,
  };
}

/** An endpoint as the API takes it; only what was asked for. */
export function settingsOf(network: NetworkOption): EndpointSettings {
  if (network.target.trim() === '') invalid('no name set for network');
  if (!isUserDefined(network) && network.aliases.length > 0)
    invalid('network-scoped aliases are only supported for user-defined networks');
  const ipam = {
    ...(network.address4 ? { IPv4Address: network.address4 } : {}),
    ...(network.address6 ? { IPv6Address: network.address6 } : {}),
    ...(network.linkLocal.length > 0 ? { LinkLocalIPs: network.linkLocal } : {}),
  };
  return {
    ...(Object.keys(ipam).length > 0 ? { IPAMConfig: ipam } : {}),
    ...(network.aliases.length > 0 ? { Aliases: network.aliases } : {}),
    ...(network.links.length > 0 ? { Links: network.links } : {}),
    ...(Object.keys(network.driverOptions).length > 0 ? { DriverOpts: network.driverOptions } : {}),
    ...(network.mac ? { MacAddress: checkMac(network.mac) } : {}),
    ...(network.priority ? { GwPriority: network.priority } : {}),
  };
}

export function checkMac(given: string): string {
  const mac = given.trim();
  if (!/^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i.test(mac))
    invalid(`${given} is not a valid mac address`);
  return mac;
}

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
