import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import { messageOf } from '@pontoon/fault';
import { openNetfilter, rewritePorts } from '@pontoon/netlink';
import { bindPort, inNamespace } from '@pontoon/sys';
import dns, { type Packet } from 'dns-packet';
import { RESOLVER_ADDRESS } from '../files/resolv-conf.ts';
import { answer, encodeForDatagram, response } from './answer.ts';
import { forward, framed, takeMessages } from './forward.ts';
import type { View } from './names.ts';

const DNS_PORT = 53;
const TABLE = 'pontoon_dns';
/** Questions of one container that wait for servers outside; more are refused at once. Docker's: maxConcurrent. */
const MOST_WAITING = 1024;
/** A client that says nothing on its TCP connection: RFC 7766, section 6.2.3. */
const IDLE_MS = 10_000;

/** The name server of one container, on 127.0.0.11 in its network namespace. */
export class Resolver {
  readonly #place: string;
  readonly #view: View;
  readonly #datagrams: Socket;
  readonly #streams: Server;
  readonly #connections = new Set<Stream>();
  #turn = 0;
  #waiting = 0;

  /**
   * The sockets are made inside, on ports of the kernel's choice, and questions for port 53 are led to them: so the
   * container may have a name server of its own on 0.0.0.0:53. All is done when this returns; loopback must be up.
   * @throws {SystemError} and leaves nothing behind
   */
  constructor(place: string, view: View) {
    this.#place = place;
    this.#view = view;
    const address = RESOLVER_ADDRESS;
    const { udp, tcp, netfilter } = inNamespace(place, () => ({
      udp: bindPort({ protocol: 'udp', address, port: 0 }),
      tcp: bindPort({ protocol: 'tcp', address, port: 0 }),
      netfilter: openNetfilter(),
    }));
    try {
      const rewrites = [
        { protocol: 'udp', port: DNS_PORT, to: udp.port },
        { protocol: 'tcp', port: DNS_PORT, to: tcp.port },
      ] as const;
      rewritePorts(netfilter, { table: TABLE, address, rewrites: [...rewrites] });
    } catch (error) {
      udp.close();
      tcp.close();
      throw error;
    } finally {
      netfilter.close();
    }
    this.#datagrams = createSocket('udp4', (bytes, from) => void this.#onDatagram(bytes, from));
    this.#datagrams.on('error', () => {});
    this.#datagrams.bind({ fd: udp.descriptor });
    this.#streams = createServer((stream) => this.#onStream(stream));
    this.#streams.on('error', () => {});
    this.#streams.listen({ fd: tcp.descriptor });
  }

  /** The rules stay, and go with the namespace: without a daemon there is no answer either way. */
  close(): void {
    this.#datagrams.close();
    this.#streams.close();
    for (const stream of this.#connections) stream.destroy();
  }

  async #onDatagram(bytes: Buffer, from: { port: number; address: string }): Promise<void> {
    const query = parse(bytes);
    if (!query) return;
    const known = answer(query, this.#view, this.#turn++);
    const reply =
      known.kind === 'answer' ? encodeForDatagram(known.packet, query) : await this.#ask(bytes, query, 'udp');
    try {
      this.#datagrams.send(reply, from.port, from.address);
    } catch {
      // Closed while a server outside was asked.
    }
  }

  #onStream(stream: Stream): void {
    this.#connections.add(stream);
    stream.setTimeout(IDLE_MS, () => stream.destroy());
    stream.on('close', () => this.#connections.delete(stream));
    stream.on('error', () => stream.destroy());
    let received: Buffer = Buffer.alloc(0);
    stream.on('data', (bytes: Buffer) => {
      const { messages, rest } = takeMessages(Buffer.concat([received, bytes]));
      received = rest;
      for (const message of messages) void this.#onMessage(Buffer.from(message), stream);
    });
  }

  async #onMessage(bytes: Buffer, stream: Stream): Promise<void> {
    const query = parse(bytes);
    if (!query) {
      stream.destroy();
      return;
    }
    const known = answer(query, this.#view, this.#turn++);
    const reply = known.kind === 'answer' ? dns.encode(known.packet) : await this.#ask(bytes, query, 'tcp');
    if (!stream.destroyed) stream.write(framed(reply));
  }

  async #ask(bytes: Buffer, query: Packet, transport: 'udp' | 'tcp'): Promise<Buffer> {
    if (this.#waiting >= MOST_WAITING) return dns.encode(response(query, { rcode: 'SERVFAIL' }));
    this.#waiting++;
    try {
      const place = this.#view.inside ? this.#place : undefined;
      const found = await forward(bytes, { servers: this.#view.servers(), place, transport });
      return found ?? dns.encode(response(query, { rcode: 'SERVFAIL' }));
    } finally {
      this.#waiting--;
    }
  }
}

/** Undefined for what is no query: nothing is said to that. */
function parse(bytes: Buffer): Packet | undefined {
  try {
    const packet = dns.decode(bytes);
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined;
  }
}

type Log = (level: 'warn', text: string, fields?: Record<string, unknown>) => void;

/** All name servers of this daemon, by the path of their namespace. */
export class Resolvers {
  readonly #open = new Map<string, Resolver>();
  readonly #log: Log;

  constructor(o: { log: Log }) {
    this.#log = o.log;
  }

  /** Starts to answer in a namespace; one that answered there before is replaced. Errors are logged: names are not all. */
  open(place: string, view: View): void {
    this.close(place);
    try {
      this.#open.set(place, new Resolver(place, view));
    } catch (error) {
      this.#log('warn', 'no name server for a container', { namespace: place, error: messageOf(error) });
    }
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
