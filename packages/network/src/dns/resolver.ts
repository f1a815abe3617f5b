import { isIPv6 } from 'node:net';
import { messageOf } from '@pontoon/fault';
import { openNetfilter, rewritePorts } from '@pontoon/netlink';
import { bindPort, inNamespace } from '@pontoon/sys';
import { RESOLVER_ADDRESS } from '../files/resolv-conf.ts';
import { type Listening, NameServer } from './name-server.ts';
import type { View } from './names.ts';

const DNS_PORT = 53;
const TABLE = 'pontoon_dns';
/** Where the host's listener is in the list of name servers: no namespace has that path. */
const HOST = '';

/**
 * Sockets on 127.0.0.11 in a namespace, on ports of the kernel's choice; questions for port 53 are led to them, so the
 * container may have a name server of its own on 0.0.0.0:53. The rules stay and go with the namespace: without a daemon
 * there is no answer either way. Loopback must be up.
 * @throws {SystemError} and leaves nothing behind
 */
function listenInside(place: string): Listening {
  const address = RESOLVER_ADDRESS;
  const { netfilter, ...sockets } = inNamespace(place, () => ({
    ...bindBoth(address, 0),
    netfilter: openNetfilter(),
  }));
  const { udp, tcp } = sockets;
  try {
    const rewrites = [
      { protocol: 'udp', port: DNS_PORT, to: udp.port },
      { protocol: 'tcp', port: DNS_PORT, to: tcp.port },
    ] as const;
    rewritePorts(netfilter, { table: TABLE, address, rewrites: [...rewrites] });
    return sockets;
  } catch (error) {
    udp.close();
    tcp.close();
    throw error;
  } finally {
    netfilter.close();
  }
}

function bindBoth(address: string, port: number): Listening {
  const udp = bindPort({ protocol: 'udp', address, port });
  try {
    const tcp = bindPort({ protocol: 'tcp', address, port, reuse: port > 0 });
    return { udp, tcp, type: isIPv6(address) ? 'udp6' : 'udp4' };
  } catch (error) {
    udp.close();
    throw error;
  }
}

type Log = (level: 'warn', text: string, fields?: Record<string, unknown>) => void;

/** All name servers of this daemon, by the path of their namespace. */
export class Resolvers {
  readonly #open = new Map<string, NameServer>();
  readonly #log: Log;

  constructor(o: { log: Log }) {
    this.#log = o.log;
  }

  /** Starts to answer in a namespace; one that answered there before is replaced. Errors are logged: names are not all. */
  open(place: string, view: View): void {
    this.close(place);
    try {
      this.#open.set(place, new NameServer(listenInside(place), view, place));
    } catch (error) {
      this.#log('warn', 'no name server for a container', { namespace: place, error: messageOf(error) });
    }
  }

  /** Answers the host itself. @throws {SystemError} EADDRINUSE, EADDRNOTAVAIL */
  listen({ address, port }: { address: string; port: number }, view: View): void {
    this.#open.set(HOST, new NameServer(bindBoth(address, port), view));
  }

  has(place: string): boolean {
    return this.#open.has(place);
  }

  close(place: string): void {
    this.#open.get(place)?.close();
    this.#open.delete(place);
  }

  closeAll(): void {
    for (const place of [...this.#open.keys()]) this.close(place);
  }
}
