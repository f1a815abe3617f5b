import { messageOf } from '@pontoon/fault';
import { listAddresses } from '@pontoon/netlink';
import { forgetDatagrams, forgetUntranslated } from '../firewall/forget.ts';
import type { EndpointIntent, PublishedPort } from '../intent.ts';
import type { Kernel } from '../kernel.ts';
import type { Joined } from '../plans.ts';
import { changePublished, type PortsChange } from './change.ts';
import type { HostPorts } from './host-ports.ts';

/** Ports that lead into containers which run, besides the elements that their plans have. */
export class Published {
  readonly #kernel: Kernel;
  readonly #ports: HostPorts;
  readonly #report: (problem: string) => void;

  constructor(kernel: Kernel, ports: HostPorts, report: (problem: string) => void) {
    this.#kernel = kernel;
    this.#ports = ports;
    this.#report = report;
  }

  /** One transaction of the kernel for all of them; see changePublished. */
  change(changes: PortsChange[]): void {
    changePublished(this.#kernel.netfilter, changes);
    for (const { network, endpoint, after } of changes) this.opened({ network, endpoint }, after);
  }

  /** Once they lead somewhere: what no translation reaches, and what came before there was one. */
  opened({ network, endpoint }: Joined, ports = endpoint.ports): void {
    if (network.internal) return;
    this.#ports.lead({ addresses: endpoint.addresses, ports });
    const own = () => listAddresses(this.#kernel.host).map(({ address }) => address);
    this.#try(() => forgetUntranslated(this.#kernel.netfilter, ports, own));
  }

  /** Takes ports again that were released a moment ago, or by the daemon before this one. */
  hold(ports: PublishedPort[]): void {
    for (const problem of this.#ports.hold(ports)) this.#report(problem);
  }

  /** What still flows to them is forgotten: they lead nowhere any more. */
  gone(endpoints: EndpointIntent[]): void {
    const gone = endpoints.map((endpoint) => ({ endpoint, ports: endpoint.ports }));
    this.#try(() => forgetDatagrams(this.#kernel.netfilter, gone));
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#report(messageOf(error));
    }
  }
}
