import { mkdirSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import { listRoutes } from '@pontoon/netlink';
import { prefix } from './address.ts';
import { apply, undo } from './apply.ts';
import { HostFirewall } from './firewall/host-firewall.ts';
import type {
  Attachment,
  EndpointAddress,
  EndpointIntent,
  Family,
  Finding,
  InterfaceStatistics,
  NetworkIntent,
  NetworkState,
  PortRequest,
  PublishedPort,
  Sandbox,
  Subnet,
} from './intent.ts';
import { DEFAULT_POOLS, type Pool, takenBy } from './ipam/pools.ts';
import { Addresses } from './ipam/space.ts';
import { chooseSubnets, type SubnetsRequest } from './ipam/subnets.ts';
import { ulaPool } from './ipam/ula.ts';
import { Kernel } from './kernel.ts';
import { Memory } from './memory.ts';
import { bridgeWithRoom } from './modes/extension.ts';
import { describePlan, type Plan, type PlannedChange } from './plan.ts';
import { type Joined, Plans } from './plans.ts';
import type { PortsChange } from './ports/change.ts';
import { HostPorts } from './ports/host-ports.ts';
import { Published } from './ports/published.ts';
import { Agreement } from './reconcile/agreement.ts';
import type { Comparison } from './reconcile/compare.ts';
import { interfaceStatistics } from './statistics.ts';
import { watchKernel } from './watch.ts';

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  text: string,
  fields?: Record<string, unknown>,
) => void;

export interface HostNetworkOptions {
  /** Namespaces are pinned in `<runRoot>/netns/<id>`. */
  runRoot: string;
  /** Name of the default bridge; it also marks what this engine owns. */
  bridge: string;
  /** Docker's where empty. */
  pools: Pool[];
  log: Log;
  /** Something that stays the same for this installation: the ULA pool comes from it. */
  owner: string;
}

/**
 * The network of the host: the namespace that the daemon was started in. All verbs that change the kernel are
 * synchronous; each does all of its work or, with an error, none of it.
 */
export class HostNetwork {
  readonly #options: HostNetworkOptions;
  readonly #kernel = new Kernel();
  readonly #ports = new HostPorts();
  readonly #addresses = new Addresses();
  readonly #memory = new Memory();
  readonly #plans: Plans;
  readonly #firewall: HostFirewall;
  readonly #published: Published;
  readonly #agreement: Agreement;
  #stopWatching: (() => void) | undefined;

  private constructor(options: HostNetworkOptions) {
    this.#options = options;
    const owner = { bridge: options.bridge };
    const { runRoot } = options;
    this.#plans = new Plans(this.#kernel.host, owner);
    this.#firewall = new HostFirewall(this.#kernel.netfilter, runRoot);
    this.#published = new Published(this.#kernel, this.#ports, this.#warn);
    this.#agreement = new Agreement({
      ...{ kernel: this.#kernel, plans: this.#plans, firewall: this.#firewall, place: { owner, runRoot } },
      state: () => this.#memory.state(),
    });
  }

  /** Loads the firewall's table where it is not there, and makes the host forward. */
  static async open(options: HostNetworkOptions): Promise<HostNetwork> {
    mkdirSync(`${options.runRoot}/netns`, { recursive: true, mode: 0o755 });
    const network = new HostNetwork(options);
    try {
      network.#firewall.open();
      return network;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  // --- addresses and ports: memory only, but for the sockets that hold ports -------------------------------------

  chooseSubnets(request: SubnetsRequest, existing: NetworkIntent[]): Subnet[] {
    const routes = ([4, 6] as const).flatMap((family) => listRoutes(this.#kernel.host, { family }));
    return chooseSubnets(request, {
      pools: this.#options.pools.length > 0 ? this.#options.pools : DEFAULT_POOLS,
      pools6: [ulaPool(this.#options.owner)],
      networks: existing.flatMap(({ subnets }) => subnets.map(({ subnet }) => prefix(subnet))),
      routes: routes.flatMap(({ destination }) => takenBy(destination ?? '')),
    });
  }

  assignAddress(network: NetworkIntent, family: Family, wanted?: string): string {
    return this.#addresses.assign(network, family, wanted);
  }

  releaseAddress(network: NetworkIntent, address: string): void {
    this.#addresses.release(network, address);
  }

  /**
   * Which of a network's bridges has room for one more endpoint; a container's start, or `connect`, makes it where needed.
   * @returns undefined: the network's own
   */
  assignBridge(network: NetworkIntent): number | undefined {
    return network.driver === 'bridge' ? bridgeWithRoom(network, this.#memory.portsOf(network)) : undefined;
  }

  /** Chooses and holds host ports. @param addresses the endpoint's, for the text of errors */
  choosePorts(
    requests: PortRequest[],
    network: NetworkIntent,
    addresses: EndpointAddress[] = [],
  ): PublishedPort[] {
    return this.#ports.choose(requests, network, addresses);
  }

  releasePorts(ports: PublishedPort[]): void {
    this.#ports.release(ports);
  }

  /** Takes ports again that were released a moment ago, or by the daemon before this one. */
  holdPorts(ports: PublishedPort[]): void {
    this.#published.hold(ports);
  }

  // --- networks ----------------------------------------------------------------------------------------------------

  createNetwork(network: NetworkIntent): void {
    if (network.driver === 'ipvlan')
      throw new Fault(
        'not-implemented',
        'ipvlan: the kernel has no such links (CONFIG_IPVLAN); a macvlan network does the same for most uses',
      );
    if (network.subnets.some(({ family }) => family === 6)) this.#firewall.forward(6);
    this.#agreement.look();
    apply(this.#kernel, this.#plans.network(network));
    this.#memory.networks.set(network.id, network);
  }

  /** Gives a network other settings while containers are on it: links, isolation and elements change in place. */
  changeNetwork(network: NetworkIntent): Finding[] {
    this.#memory.networks.set(network.id, network);
    return this.check({ repair: true, inside: true });
  }

  removeNetwork(network: NetworkIntent): void {
    this.#memory.networks.delete(network.id);
    this.#addresses.forget(network);
    this.#takeAway(this.#plans.network(network));
  }

  // --- sandboxes ---------------------------------------------------------------------------------------------------

  /** The whole set-up of a container's network, links in the order of `joined`; with none of them `lo` is all. */
  startSandbox(sandbox: Sandbox, joined: Joined[]): void {
    apply(this.#kernel, [...this.#idleExtensions(joined), ...this.#plans.sandbox(sandbox, joined)]);
    this.#memory.start(sandbox, joined);
    for (const one of joined) this.#published.opened(one);
  }

  stopSandbox(sandbox: Sandbox, joined: Joined[]): void {
    this.#memory.stop(sandbox);
    this.#takeAway(this.#plans.sandbox(sandbox, joined), this.#warn);
    this.#takeAway(this.#idleExtensions(joined));
    this.#published.gone(joined.map(({ endpoint }) => endpoint));
  }

  connect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): void {
    const joined = { network, endpoint };
    apply(this.#kernel, [...this.#idleExtensions([joined]), ...this.#plans.endpoint(sandbox, joined)]);
    this.#memory.join(sandbox, endpoint);
    this.#published.opened(joined);
  }

  /** Ends when the container has the link no more. */
  disconnect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): Promise<void> {
    this.#memory.part(sandbox, endpoint);
    this.#takeAway(this.#plans.endpoint(sandbox, { network, endpoint }), this.#warn);
    this.#takeAway(this.#idleExtensions([{ network, endpoint }]));
    this.#published.gone([endpoint]);
    return this.#kernel.unlisted(endpoint.hostLink);
  }

  /** The further bridges of these endpoints that no other endpoint is on: they come with the first, and go with the last. */
  #idleExtensions(joined: Joined[]): Plan {
    return joined.flatMap(({ network, endpoint: { extension } }) =>
      extension === undefined || this.#memory.portsOf(network).has(extension)
        ? []
        : this.#plans.extension(network, extension),
    );
  }

  /** Makes the endpoint carry the default route: gateway4 and gateway6 of it, in place of whatever did. */
  changeGateway(sandbox: Sandbox, endpoint: EndpointIntent): void {
    const network = this.#memory.networks.get(endpoint.networkId);
    if (network) apply(this.#kernel, this.#plans.gateway(sandbox, { network, endpoint }));
    this.#memory.replace(sandbox, endpoint);
  }

  attach(sandbox: Sandbox, attachment: Attachment): void {
    apply(this.#kernel, this.#plans.attachment(sandbox, attachment, this.#memory.networks.values()));
    this.#memory.attach(sandbox, attachment);
  }

  detach(sandbox: Sandbox, attachment: Attachment): void {
    this.#memory.detach(sandbox, attachment);
    this.#takeAway(this.#plans.attachment(sandbox, attachment, this.#memory.networks.values()));
  }

  // --- ports of running containers -----------------------------------------------------------------------------

  /** All of them, or none. */
  changePorts(changes: PortsChange[]): void {
    this.#published.change(changes);
  }

  publish(network: NetworkIntent, endpoint: EndpointIntent, ports: PublishedPort[]): void {
    this.changePorts([{ network, endpoint, before: [], after: ports }]);
  }

  /** Ports go from one endpoint to another: what is established drains, what is new goes there. */
  movePorts(from: Joined, to: Joined, ports: PublishedPort[]): void {
    this.changePorts([
      { ...from, before: ports, after: [] },
      { ...to, before: [], after: ports },
    ]);
  }

  // --- intent and kernel ---------------------------------------------------------------------------------------

  /** At boot: takes the stored intent as its own, holds its ports again, and makes the kernel agree. */
  reconcile(state: NetworkState): Finding[] {
    this.#memory.adopt(state);
    this.#addresses.adopt(state);
    if (state.networks.some(({ subnets }) => subnets.some(({ family }) => family === 6)))
      this.#firewall.forward(6);
    const byId = new Map(state.networks.map((network) => [network.id, network]));
    for (const { running, endpoints } of state.sandboxes) {
      for (const endpoint of running ? endpoints : []) {
        const network = byId.get(endpoint.networkId);
        this.holdPorts(endpoint.ports);
        if (network) this.#published.opened({ network, endpoint });
      }
    }
    return this.check({ repair: true, inside: true });
  }

  /** Compares what was last wanted with what the kernel has. */
  check(how: Comparison = { repair: false, inside: true }): Finding[] {
    return this.#agreement.check(how);
  }

  /** Self-repair: whatever the kernel reports as changed is compared within half a second, and mended. */
  watch(onFinding: (finding: Finding) => void): void {
    this.#stopWatching ??= watchKernel(() => {
      for (const finding of this.check({ repair: true, inside: false })) onFinding(finding);
    }, this.#options.log);
  }

  /** The steps that starting a container, or creating a network, would take. */
  planSandbox(sandbox: Sandbox, joined: Joined[]): PlannedChange[] {
    return describePlan(this.#plans.sandbox(sandbox, joined));
  }

  planNetwork(network: NetworkIntent): PlannedChange[] {
    return describePlan(this.#plans.network(network));
  }

  statistics(sandbox: Sandbox): Record<string, InterfaceStatistics> {
    try {
      return interfaceStatistics(this.#kernel.route(sandbox.path));
    } finally {
      this.#kernel.leave();
    }
  }

  close(): void {
    this.#stopWatching?.();
    this.#ports.close();
    this.#kernel.close();
  }

  /** @param aside see undo */
  #takeAway(plan: Plan, aside?: (problem: string) => void): void {
    for (const problem of undo(this.#kernel, plan, aside)) this.#warn(problem);
  }

  readonly #warn = (problem: string): void => this.#options.log('warn', problem);
}
