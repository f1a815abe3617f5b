import { Fault, messageOf } from '@pontoon/fault';
import { listListeners, openDiagnosis } from '@pontoon/netlink';
import { type BoundPort, bindPort, SystemError } from '@pontoon/sys';
import { familyOf, isUnspecified } from '../address.ts';
import { gatewayMode } from '../firewall/elements.ts';
import type { EndpointAddress, NetworkIntent, PortRequest, PublishedPort } from '../intent.ts';
import { ephemeralRange } from './ephemeral.ts';
import { type Wish, wishesOf } from './requests.ts';

/** Up to here each port is held by a socket of its own; wider ranges would use up the descriptors. */
const HELD_EACH = 256;

interface Holding {
  port: PublishedPort;
  sockets: BoundPort[];
}

/**
 * The host's ports that containers publish. A bound socket holds each, so that no other process of the host can take
 * it; of wide ranges only the state at the start is checked, in one dump of the host's sockets.
 */
export class HostPorts {
  readonly #holdings = new Map<string, Holding>();
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
        return [
          ...routed,
          ...this.#holdAll(
            translated.map((address) => at(address, hostPort)),
            addresses,
          ),
        ];
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
        this.#hold(port, addresses);
        held.push(port);
      }
      return held;
    } catch (error) {
      this.release(held);
      throw error;
    }
  }

  #hold(port: PublishedPort, addresses: EndpointAddress[]): void {
    for (const { port: other } of this.#holdings.values()) {
      if (!collide(other, port)) continue;
      const number = Math.max(other.hostPort, port.hostPort);
      throw new Fault(
        'internal',
        `Bind for ${bracketed(port.hostAddress)}:${number} failed: port is already allocated`,
      );
    }
    const sockets = port.count > HELD_EACH ? refuseListeners(port, addresses) : bindEach(port, addresses);
    this.#holdings.set(keyOf(port), { port, sockets });
  }

  release(ports: PublishedPort[]): void {
    for (const port of ports) {
      const key = keyOf(port);
      for (const socket of this.#holdings.get(key)?.sockets ?? []) socket.close();
      this.#holdings.delete(key);
    }
  }

  /** After a restart: takes ports again that running containers publish. @returns what could not be held, and why */
  hold(ports: PublishedPort[]): string[] {
    return ports.flatMap((port) => {
      if (port.hostPort === 0 || this.#holdings.has(keyOf(port))) return [];
      try {
        this.#hold(port, []);
        return [];
      } catch (error) {
        // Its rules stand: the container keeps the port, and a second container must not get it.
        this.#holdings.set(keyOf(port), { port, sockets: [] });
        return [`hold port ${port.hostPort}/${port.protocol} of the host: ${messageOf(error)}`];
      }
    });
  }

  close(): void {
    for (const { port } of [...this.#holdings.values()]) this.release([port]);
  }
}

function bindEach(port: PublishedPort, addresses: EndpointAddress[]): BoundPort[] {
  const sockets: BoundPort[] = [];
  try {
    for (let offset = 0; offset < port.count; offset++) {
      const one = { protocol: port.protocol, address: port.hostAddress, port: port.hostPort + offset };
      sockets.push(bindPort(one));
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    if (isUnsupported(error)) return []; // a kernel without SCTP sockets still translates it
    throw refusal(port, port.hostPort + sockets.length, addresses, wordsOf(error), error);
  }
}

const isUnsupported = (error: unknown): boolean =>
  error instanceof SystemError && ['EPROTONOSUPPORT', 'ESOCKTNOSUPPORT'].includes(error.code);

/**
 * One dump of the host's sockets in place of thousands of bound ones. Of both families, since an IPv6 socket may take
 * IPv4 too (ipv6(7), IPV6_V6ONLY); whether one is in the way only bind(2) can tell.
 */
function refuseListeners(port: PublishedPort, addresses: EndpointAddress[]): BoundPort[] {
  const end = port.hostPort + port.count;
  for (const number of listeningPorts(port.protocol)) {
    if (number < port.hostPort || number >= end) continue;
    const one = { ...port, hostPort: number, containerPort: port.containerPort + number - port.hostPort };
    for (const socket of bindEach({ ...one, count: 1 }, addresses)) socket.close();
  }
  return [];
}

function listeningPorts(protocol: PublishedPort['protocol']): Set<number> {
  const connection = openDiagnosis();
  try {
    const listeners = ([4, 6] as const).flatMap((family) => listListeners(connection, { protocol, family }));
    return new Set(listeners.map(({ port }) => port));
  } finally {
    connection.close();
  }
}

/** moby, libnetwork/portmapper: "failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use". */
function refusal(
  port: PublishedPort,
  hostPort: number,
  addresses: EndpointAddress[],
  words: string,
  cause?: unknown,
): Fault {
  const inside = addresses.find(({ family }) => family === familyOf(port.hostAddress))?.address ?? '';
  const containerPort = port.containerPort + hostPort - port.hostPort;
  const place = `${bracketed(port.hostAddress)}:${hostPort}:${bracketed(inside)}:${containerPort}/${port.protocol}`;
  return new Fault('internal', `failed to bind host port for ${place}: ${words}`, { cause });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof SystemError)) return messageOf(error);
  const words: Record<string, string> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'cannot assign requested address',
    EACCES: 'permission denied',
  };
  return words[error.code] ?? error.message;
}

function collide(a: PublishedPort, b: PublishedPort): boolean {
  const sameFamily = familyOf(a.hostAddress) === familyOf(b.hostAddress);
  const sameAddress =
    a.hostAddress === b.hostAddress || isUnspecified(a.hostAddress) || isUnspecified(b.hostAddress);
  const apart = a.hostPort + a.count <= b.hostPort || b.hostPort + b.count <= a.hostPort;
  return a.protocol === b.protocol && sameFamily && sameAddress && !apart;
}

const keyOf = ({ protocol, hostAddress, hostPort, count }: PublishedPort): string =>
  `${protocol} ${hostAddress} ${hostPort} ${count}`;

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Where a port is published that names no host address: everywhere, in each family that the network has. */
function defaultAddresses(network: NetworkIntent): string[] {
  if (network.hostBinding) return [network.hostBinding];
  const families = new Set(network.subnets.map(({ family }) => family));
  return [...(families.has(4) ? ['0.0.0.0'] : []), ...(families.has(6) ? ['::'] : [])];
}
