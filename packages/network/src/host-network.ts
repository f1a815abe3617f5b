import { mkdirSync } from 'node:fs';
import { Fault, messageOf } from '@pontoon/fault';
import { listRoutes } from '@pontoon/netlink';
import { prefix } from './address.ts';
import { apply, Kernel, undo } from './apply.ts';
import { changeElements } from './firewall/change.ts';
import { portElements } from './firewall/elements.ts';
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
import { attachmentPlan } from './modes/attachment.ts';
import { bridge, type Connection, endpointPlan } from './modes/bridge.ts';
import { networkPlan } from './modes/network.ts';
import { none } from './modes/none.ts';
import type { Owner } from './names.ts';
import { describePlan, type Plan, type PlannedChange } from './plan.ts';
import { HostPorts } from './ports/host-ports.ts';
import { type Comparison, compare } from './reconcile.ts';
import { interfaceStatistics } from './statistics.ts';
import { findUplink } from './uplink.ts';
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

export interface Joined {
  network: NetworkIntent;
  endpoint: EndpointIntent;
}

/** Segments of this size cross the links of a network, unless it says otherwise: docs/decisions has the measurements. */
const OFFLOAD_BYTES = 262_144;

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
  /** Bytes; read when a network is made and at every comparison. */
  #uplinkMtu: number | undefined;
  #stopWatching: (() => void) | undefined;

  private constructor(options: HostNetworkOptions) {
    this.#options = options;
    this.#owner = { bridge: options.bridge };
    this.#kernel = new Kernel();
    this.#ports = new HostPorts();
  }

  /** Loads the firewall's table where it is not there, and makes the host forward. */
  static async open(options: HostNetworkOptions): Promise<HostNetwork> {
    mkdirSync(`${options.runRoot}/netns`, { recursive: true, mode: 0o755 });
    const network = new HostNetwork(options);
    try {
      leaveBridgedFramesAlone();
      enableForwarding(4, options.runRoot);
      network.#loadTable();
      network.#uplinkMtu = findUplink(network.#kernel.host)?.mtu;
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

  // --- networks ----------------------------------------------------------------------------------------------------

  createNetwork(network: NetworkIntent): void {
    if (network.driver === 'ipvlan')
      throw new Fault(
        'not-implemented',
        'ipvlan: the kernel has no such links (CONFIG_IPVLAN); a macvlan network does the same for most uses',
      );
    if (network.subnets.some(({ family }) => family === 6)) this.#forwardIpv6();
    this.#uplinkMtu = findUplink(this.#kernel.host)?.mtu;
    apply(this.#kernel, this.#networkPlan(network));
    this.#memory.networks.set(network.id, network);
  }

  /** From the moment when the host forwards, it must do so for this engine's networks only. */
  #forwardIpv6(): void {
    enableForwarding(6, this.#options.runRoot);
    changeElements(this.#kernel.netfilter, [
      { verb: 'add', elements: closedElements(this.#options.runRoot) },
    ]);
  }

  removeNetwork(network: NetworkIntent): void {
    this.#memory.networks.delete(network.id);
    this.#addresses.forget(network);
    this.#takeAway(this.#networkPlan(network));
  }

  #networkPlan(network: NetworkIntent): Plan {
    return networkPlan(network, this.#owner, this.#mtuOf(network), offloadOf(network));
  }

  /** The network's own, or the uplink's. */
  #mtuOf(network: NetworkIntent): number | undefined {
    return network.mtu ?? this.#uplinkMtu;
  }

  // --- sandboxes ---------------------------------------------------------------------------------------------------

  /** The whole set-up of a container's network, links in the order of `joined`; with none of them `lo` is all. */
  startSandbox(sandbox: Sandbox, joined: Joined[]): void {
    const connections = joined.map((one) => this.#connection(one));
    const plan = joined.length > 0 ? bridge(sandbox, connections, this.#owner) : none(sandbox);
    apply(this.#kernel, plan);
    this.#memory.start(sandbox, joined);
  }

  stopSandbox(sandbox: Sandbox, joined: Joined[]): void {
    this.#memory.stop(sandbox);
    const connections = joined.map((one) => this.#connection(one));
    const aside = (problem: string) => this.#options.log('warn', problem);
    for (const problem of undo(this.#kernel, bridge(sandbox, connections, this.#owner), aside))
      aside(problem);
    try {
      forgetDatagrams(
        this.#kernel.netfilter,
        joined.flatMap(({ endpoint }) => endpoint.ports),
      );
    } catch (error) {
      aside(messageOf(error));
    }
  }

  connect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): void {
    const plan = endpointPlan(sandbox, this.#connection({ network, endpoint }), this.#owner);
    apply(this.#kernel, plan);
    this.#memory.join(sandbox, endpoint);
  }

  disconnect(sandbox: Sandbox, network: NetworkIntent, endpoint: EndpointIntent): void {
    this.#memory.part(sandbox, endpoint);
    this.#takeAway(endpointPlan(sandbox, this.#connection({ network, endpoint }), this.#owner));
  }

  /** Makes the endpoint carry the default route: gateway4 and gateway6 of it, in place of whatever did. */
  changeGateway(sandbox: Sandbox, endpoint: EndpointIntent): void {
    const place = { kind: 'route' as const, where: sandbox.path, link: endpoint.interface };
    const { gateway4, gateway6 } = endpoint;
    apply(this.#kernel, [
      ...(gateway4 ? [{ ...place, destination: '0.0.0.0/0', gateway: gateway4 }] : []),
      ...(gateway6 ? [{ ...place, destination: '::/0', gateway: gateway6 }] : []),
    ]);
    this.#memory.replace(sandbox, endpoint);
  }

  attach(sandbox: Sandbox, attachment: Attachment): void {
    apply(this.#kernel, attachmentPlan(sandbox, attachment, this.#owner));
    this.#memory.attach(sandbox, attachment);
  }

  detach(sandbox: Sandbox, attachment: Attachment): void {
    this.#memory.detach(sandbox, attachment);
    this.#takeAway(attachmentPlan(sandbox, attachment, this.#owner));
  }

  #connection({ network, endpoint }: Joined): Connection {
    return { network, endpoint, mtu: this.#mtuOf(network), offload: offloadOf(network) };
  }

  // --- ports of running containers -----------------------------------------------------------------------------

  publish(network: NetworkIntent, endpoint: EndpointIntent, ports: PublishedPort[]): void {
    changeElements(this.#kernel.netfilter, [
      { verb: 'add', elements: portElements(network, endpoint, ports) },
    ]);
  }

  unpublish(network: NetworkIntent, endpoint: EndpointIntent, ports: PublishedPort[]): void {
    changeElements(this.#kernel.netfilter, [
      { verb: 'delete', elements: portElements(network, endpoint, ports) },
    ]);
    forgetDatagrams(this.#kernel.netfilter, ports);
  }

  /** Ports go from one endpoint to another in one transaction: what is established drains, what is new goes there. */
  movePorts(from: Joined, to: Joined, ports: PublishedPort[], newPorts: PublishedPort[] = ports): void {
    changeElements(this.#kernel.netfilter, [
      { verb: 'delete', elements: portElements(from.network, from.endpoint, ports) },
      { verb: 'add', elements: portElements(to.network, to.endpoint, newPorts) },
    ]);
    forgetDatagrams(this.#kernel.netfilter, ports);
  }

  // --- intent and kernel ---------------------------------------------------------------------------------------

  /** At boot: takes the stored intent as its own, holds its ports again, and makes the kernel agree. */
  reconcile(state: NetworkState): Finding[] {
    this.#memory.adopt(state);
    this.#addresses.adopt(state);
    if (state.networks.some(({ subnets }) => subnets.some(({ family }) => family === 6)))
      enableForwarding(6, this.#options.runRoot);
    const ports = state.sandboxes
      .filter(({ running }) => running)
      .flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.ports));
    for (const problem of this.#ports.hold(ports)) this.#options.log('warn', problem);
    return this.check({ repair: true, inside: true });
  }

  /** Compares what was last wanted with what the kernel has. */
  check(how: Comparison = { repair: false, inside: true }): Finding[] {
    const findings: Finding[] = [];
    this.#uplinkMtu = findUplink(this.#kernel.host)?.mtu;
    if (how.repair ? this.#loadTable() : !isLoaded(this.#kernel.netfilter))
      findings.push({
        ...{ kind: 'table', subject: 'inet pontoon', problem: 'missing' },
        ...{ detail: 'the rules of the firewall', repaired: how.repair },
      });
    return [
      ...findings,
      ...compare(this.#kernel, this.#expected(), { owner: this.#owner, runRoot: this.#options.runRoot }, how),
    ];
  }

  #expected() {
    const { networks, sandboxes } = this.#memory.state();
    const byId = new Map(networks.map((network) => [network.id, network]));
    const running = sandboxes.filter((one) => one.running);
    const joined = (endpoint: EndpointIntent): Connection[] => {
      const network = byId.get(endpoint.networkId);
      return network ? [this.#connection({ network, endpoint })] : [];
    };
    return {
      plans: [
        ...networks.map((network) => this.#networkPlan(network)),
        ...running.map(({ sandbox, endpoints, attachments }) => [
          ...bridge(sandbox, endpoints.flatMap(joined), this.#owner),
          ...attachments.flatMap((attachment) => attachmentPlan(sandbox, attachment, this.#owner)),
        ]),
      ],
      elements: closedElements(this.#options.runRoot),
    };
  }

  /** Self-repair: whatever the kernel reports as changed is compared within half a second, and mended. */
  watch(onFinding: (finding: Finding) => void): void {
    this.#stopWatching ??= watchKernel(() => {
      for (const finding of this.check({ repair: true, inside: false })) onFinding(finding);
    }, this.#options.log);
  }

  /** The steps that starting a container, or creating a network, would take. */
  planSandbox(sandbox: Sandbox, joined: Joined[]): PlannedChange[] {
    const connections = joined.map((one) => this.#connection(one));
    return describePlan(joined.length > 0 ? bridge(sandbox, connections, this.#owner) : none(sandbox));
  }

  planNetwork(network: NetworkIntent): PlannedChange[] {
    return describePlan(this.#networkPlan(network));
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

const offloadOf = (network: NetworkIntent): number | undefined =>
  network.offload === 0 ? undefined : (network.offload ?? OFFLOAD_BYTES);
