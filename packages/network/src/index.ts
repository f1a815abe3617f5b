export { answersOf } from './dns/answer.ts';
export { hostServers } from './dns/host-servers.ts';
export type { View } from './dns/names.ts';
export { Resolvers } from './dns/resolver.ts';
export { type HostsEntry, type HostsOptions, hostsFile } from './files/hosts.ts';
export {
  parseResolvConf,
  RESOLVER_ADDRESS,
  type ResolvConf,
  type ResolvOptions,
  resolvConf,
  upstreams,
} from './files/resolv-conf.ts';
export { HostNetwork, type HostNetworkOptions, type Log } from './host-network.ts';
export type {
  Attachment,
  EndpointAddress,
  EndpointIntent,
  Family,
  Finding,
  GatewayMode,
  InterfaceStatistics,
  MacvlanMode,
  NetworkIntent,
  NetworkState,
  PortRequest,
  Protocol,
  PublishedPort,
  Sandbox,
  SandboxIntent,
  Subnet,
} from './intent.ts';
export { macOf, parseMac } from './ipam/mac.ts';
export { DEFAULT_POOLS, formatPool, type Pool } from './ipam/pools.ts';
export type { SubnetRequest, SubnetsRequest } from './ipam/subnets.ts';
export { type Mode, parseMode } from './modes/parse.ts';
export { describePlan, type Plan, type PlannedChange, type Step } from './plan.ts';
export type { Joined } from './plans.ts';
export type { PortsChange } from './ports/change.ts';
export { joined, singles } from './ports/ranges.ts';
export { eachPort } from './ports/requests.ts';
