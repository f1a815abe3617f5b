import { mkdirSync } from 'node:fs';
import { Fault, messageOf } from '@pontoon/fault';
import { listRoutes } from '@pontoon/netlink';
import { prefix } from './address.ts';
import { apply, Kernel, undo } from './apply.ts';
import { changeElements } from './firewall/change.ts';
import { forgetDatagrams } from './firewall/forget.ts';
import { isLoaded, loadTable } from './firewall/table.ts';
import { closedElements, enableForwarding, leaveBridgedFramesAlone } from './forwarding.ts';
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
import { Memory } from './memory.ts';
import type { Owner } from './names.ts';
import { describePlan, type Plan, type PlannedChange } from './plan.ts';
import { type Joined, Plans } from './plans.ts';
import { changePublished, type PortsChange } from './ports/change.ts';
import { HostPorts } from './ports/host-ports.ts';
import { type Comparison, compare } from './reconcile/compare.ts';
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
  readonly #owner: Owner;
  readonly #kernel: Kernel;
  readonly #ports: HostPorts;
  readonly #addresses = new Addresses();
  readonly #memory = new Memory();
  readonly #plans: Plans;
  /** The uplinks are not what they were when the running containers were last compared with them. */
  #behind = false;
  #stopWatching: (() => void) | undefined;

  private constructor(options: HostNetworkOptions) {
    this.#options = options;
    this.#owner = { bridge: options.bridge };
    this.#kernel = new Kernel();
    this.#ports = new HostPorts();
    this.#plans = new Plans(this.#kernel.host, this.#owner);
  }

  /** Loads the firewall's table where it is not there, and makes the host forward. */
  static async open(options: HostNetworkOptions): Promise<HostNetwork> {
    mkdirSync(`${options.runRoot}/netns`, { recursive: true, mode: 0o755 });
    const network = new HostNetwork(options);
    try {
      leaveBridgedFramesAlone();
      enableForwarding(4, options.runRoot);
      network.#loadTable();
      return network;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  #loadTable(): boolean {
    const fresh = loadTable(this.#kernel.netfilter);
    changeElements(this.#kernel.netfilter, [
      { verb: 'add', elements: closedElements(this.#options.runRoot) },
    ]);
    return fresh;
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
    for (const problem of this.#ports.hold(ports)) this.#options.log('warn', problem);
  }

  // --- networks ----------------------------------------------------------------------------------------------------

  createNetwork(network: NetworkIntent): void {
    if (network.driver === 'ipvlan')
      throw new Fault(
        'not-implemented',
        'ipvlan: the kernel has no such links (CONFIG_IPVLAN); a macvlan network does the same for most uses',
      );
    if (network.subnets.some(({ family }) => family === 6)) this.#forwardIpv6();
    this.#lookOutside();
    apply(this.#kernel, this.#plans.network(network));
    this.#memory.networks.set(network.id, network);
  }

  /** From the moment when the host forwards, it must do so for this engine's networks only. */
  #forwardIpv6(): void {
    enableForwarding(6, this.#options.runRoot);
    changeElements(this.#kernel.netfilter, [
      { verb: 'add', elements: closedElements(this.#options.runRoot) },
    ]);
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
    apply(this.#kernel, this.#plans.sandbox(sandbox, joined));
    this.#memory.start(sandbox, joined);
    for (const one of joined) this.#lead(one);
  }

  stopSandbox(sandbox: Sandbox, joined: Joined[]): void {
    this.#memory.stop(sandbox);
    const aside = (problem: string) => this.#options.log('warn', problem);
    for (const problem of undo(this.#kernel, this.#plans.sandbox(sandbox, joined), aside)) aside(problem);
    this.#forget(joined.map(({ endpoint }) => endpoint));
  }

  connect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): void {
    apply(this.#kernel, this.#plans.endpoint(sandbox, { network, endpoint }));
    this.#memory.join(sandbox, endpoint);
    this.#lead({ network, endpoint });
  }

  disconnect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): void {
    this.#memory.part(sandbox, endpoint);
    this.#takeAway(this.#plans.endpoint(sandbox, { network, endpoint }));
    this.#forget([endpoint]);
  }

  #forget(endpoints: EndpointIntent[]): void {
    try {
      forgetDatagrams(
        this.#kernel.netfilter,
        endpoints.map((endpoint) => ({ endpoint, ports: endpoint.ports })),
      );
    } catch (error) {
      this.#options.log('warn', messageOf(error));
    }
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

  /** One transaction of the kernel for all of them; see changePublished. */
  changePorts(changes: PortsChange[]): void {
    changePublished(this.#kernel.netfilter, changes);
    for (const { network, endpoint, after } of changes) this.#lead({ network, endpoint }, after);
  }

  publish(network: NetworkIntent, endpoint: EndpointIntent, ports: PublishedPort[]): void {
    this.changePorts([{ network, endpoint, before: [], after: ports }]);
  }

  unpublish(network: NetworkIntent, endpoint: EndpointIntent, ports: PublishedPort[]): void {
    this.changePorts([{ network, endpoint, before: ports, after: [] }]);
  }

  /** Ports go from one endpoint to another: what is established drains, what is new goes there. */
  movePorts(from: Joined, to: Joined, ports: PublishedPort[], newPorts: PublishedPort[] = ports): void {
    this.changePorts([
      { ...from, before: ports, after: [] },
      { ...to, before: [], after: newPorts },
    ]);
  }

  /** What no translation reaches the daemon carries by itself: see openForwarder. */
  #lead({ network, endpoint }: Joined, ports = endpoint.ports): void {
    if (!network.internal) this.#ports.lead({ addresses: endpoint.addresses, ports });
  }

  // --- intent and kernel ---------------------------------------------------------------------------------------

  /** At boot: takes the stored intent as its own, holds its ports again, and makes the kernel agree. */
  reconcile(state: NetworkState): Finding[] {
    this.#memory.adopt(state);
    this.#addresses.adopt(state);
    if (state.networks.some(({ subnets }) => subnets.some(({ family }) => family === 6)))
      enableForwarding(6, this.#options.runRoot);
    const byId = new Map(state.networks.map((network) => [network.id, network]));
    for (const { running, endpoints } of state.sandboxes) {
      for (const endpoint of running ? endpoints : []) {
        const network = byId.get(endpoint.networkId);
        this.holdPorts(endpoint.ports);
        if (network) this.#lead({ network, endpoint });
      }
    }
    return this.check({ repair: true, inside: true });
  }

  /** Compares what was last wanted with what the kernel has. */
  check(how: Comparison = { repair: false, inside: true }): Finding[] {
    const findings: Finding[] = [];
    this.#lookOutside();
    if (how.repair ? this.#loadTable() : !isLoaded(this.#kernel.netfilter))
      findings.push({
        ...{ kind: 'table', subject: 'inet pontoon', problem: 'missing' },
        ...{ detail: 'the rules of the firewall', repaired: how.repair },
      });
    const expected = {
      plans: this.#plans.all(this.#memory.state()),
      elements: closedElements(this.#options.runRoot),
    };
    const place = { owner: this.#owner, runRoot: this.#options.runRoot };
    const inside = how.inside || (how.repair && this.#behind);
    findings.push(...compare(this.#kernel, expected, place, { ...how, inside }));
    if (how.repair) this.#behind = false;
    return findings;
  }

  #lookOutside(): void {
    if (this.#plans.look()) this.#behind = true;
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

  #takeAway(plan: Plan): void {
    for (const problem of undo(this.#kernel, plan)) this.#options.log('warn', problem);
  }
}
