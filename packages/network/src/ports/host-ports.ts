import { Fault, messageOf } from '@pontoon/fault';
import { familyOf } from '../address.ts';
import { gatewayMode } from '../firewall/elements.ts';
import type {
  EndpointAddress,
  EndpointIntent,
  NetworkIntent,
  PortRequest,
  PublishedPort,
} from '../intent.ts';
import { ephemeralRange } from './ephemeral.ts';
import { openForwarder, reachesSelf, targetOf } from './forward.ts';
import { Holdings } from './holdings.ts';
import { type Wish, wishesOf } from './requests.ts';

/**
 * The host's ports that containers publish. A bound socket holds each, so that no other process of the host can take
 * it; of wide ranges only the state at the start is checked, in one dump of the host's sockets.
 */
export class HostPorts {
  readonly #holdings = new Holdings();
  #lastRandom = 0;

  /** Finds and holds host ports for all requests, or for none of them. Texts are those of moby's portallocator. */
  choose(
    requests: PortRequest[],
    network: NetworkIntent,
    addresses: EndpointAddress[] = [],
  ): PublishedPort[] {
    const chosen: PublishedPort[] = [];
    try {
      for (const wish of wishesOf(requests, defaultAddresses(network)))
        chosen.push(...this.#take(wish, network, addresses));
      return chosen;
    } catch (error) {
      this.release(chosen);
      throw error;
    }
  }

  #take(wish: Wish, network: NetworkIntent, addresses: EndpointAddress[]): PublishedPort[] {
    const { protocol, containerPort, count, allow, hostAddresses } = wish;
    const at = (hostAddress: string, hostPort: number): PublishedPort => ({
      ...{ protocol, containerPort, hostAddress, hostPort, count, ...(allow ? { allow } : {}) },
    });
    const isRouted = (address: string) => gatewayMode(network, familyOf(address)) === 'routed';
    const routed = hostAddresses.filter(isRouted).map((address) => at(address, 0));
    const translated = hostAddresses.filter((address) => !isRouted(address));
    if (translated.length === 0) return routed;
    let failure: unknown;
    for (const hostPort of this.#candidates(wish)) {
      try {
        const ports = translated.map((address) => at(address, hostPort));
        return [...routed, ...this.#holdAll(ports, addresses)];
      } catch (error) {
        if (!(error instanceof Fault) || error.kind !== 'internal') throw error;
        failure = error;
      }
    }
    if (wish.hostPort === wish.hostPortEnd && wish.hostPort > 0) throw failure;
    throw new Fault('internal', `Bind for ${hostAddresses[0]} failed: all ports are allocated`);
  }

  /** A range is tried from its start; random ones go on behind the last, so that a port is not given again at once. */
  *#candidates({ hostPort, hostPortEnd }: Wish): Generator<number> {
    if (hostPort > 0) {
      for (let port = hostPort; port <= hostPortEnd; port++) yield port;
      return;
    }
    const [first, last] = ephemeralRange();
    const start = this.#lastRandom >= first && this.#lastRandom < last ? this.#lastRandom + 1 : first;
    for (let step = 0; step <= last - first; step++) {
      const port = first + ((start - first + step) % (last - first + 1));
      this.#lastRandom = port;
      yield port;
    }
  }

  #holdAll(ports: PublishedPort[], addresses: EndpointAddress[]): PublishedPort[] {
    const held: PublishedPort[] = [];
    try {
      for (const port of ports) {
        this.#holdings.take(port, addresses);
        held.push(port);
      }
      return held;
    } catch (error) {
      this.release(held);
      throw error;
    }
  }

  release(ports: PublishedPort[]): void {
    for (const port of ports) this.#holdings.release(port);
  }

  /** After a restart: takes ports again that running containers publish. @returns what could not be held, and why */
  hold(ports: PublishedPort[]): string[] {
    return ports.flatMap((port) => {
      if (port.hostPort === 0 || this.#holdings.has(port)) return [];
      try {
        this.#holdings.take(port, []);
        return [];
      } catch (error) {
        // Its rules stand: the container keeps the port, and a second container must not get it.
        this.#holdings.note(port);
        return [`hold port ${port.hostPort}/${port.protocol} of the host: ${messageOf(error)}`];
      }
    });
  }

  /** Leads to an endpoint what of its ports no translation reaches. */
  lead({ addresses, ports }: Pick<EndpointIntent, 'addresses' | 'ports'>): void {
    for (const port of ports.filter(reachesSelf)) {
      for (let offset = 0; offset < port.count; offset++) {
        const held = this.#holdings.at(port, offset);
        const target = targetOf(port, offset, addresses);
        if (!held?.socket || !target) continue;
        if (held.forwarder) held.forwarder.lead(target);
        else held.forwarder = openForwarder(port, held.socket, target);
      }
    }
  }

  close(): void {
    this.#holdings.close();
  }
}

/** Where a port is published that names no host address: everywhere, in each family that the network has. */
function defaultAddresses(network: NetworkIntent): string[] {
  if (network.hostBinding) return [network.hostBinding];
  const families = new Set(network.subnets.map(({ family }) => family));
  return [...(families.has(4) ? ['0.0.0.0'] : []), ...(families.has(6) ? ['::'] : [])];
}
