import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import type { BoundPort } from '@pontoon/sys';
import dns, { type Packet } from 'dns-packet';
import { answer, encodeForDatagram, response } from './answer.ts';
import { forward, framed, takeMessages } from './forward.ts';
import { literally } from './literally.ts';
import type { View } from './names.ts';
import { Remembered } from './remembered.ts';

/** Questions of one container that wait for servers outside; more are refused at once. Docker's: maxConcurrent. */
const MOST_WAITING = 1024;
/** Orders of a shared name's addresses that are kept ready. */
const MOST_FORMS = 16;
/** A client that says nothing on its TCP connection: RFC 7766, section 6.2.3. */
const IDLE_MS = 10_000;

/** The sockets that a name server listens on, bound already: UDP, and TCP for answers that are too large for it. */
export interface Listening {
  udp: BoundPort;
  tcp: BoundPort;
  type: 'udp4' | 'udp6';
}

/** A name server: what the view knows it says, the rest it asks of others or refuses. */
export class NameServer {
  /** Path of the namespace that it asks others from; undefined: the host's. */
  readonly #place: string | undefined;
  readonly #view: View;
  readonly #datagrams: Socket;
  readonly #streams: Server;
  readonly #connections = new Set<Stream>();
  readonly #remembered = new Remembered();
  #turn = 0;
  #waiting = 0;

  constructor({ udp, tcp, type }: Listening, view: View, place?: string) {
    this.#place = place;
    this.#view = view;
    this.#datagrams = createSocket({ type, lookup: literally });
    this.#datagrams.on('message', (bytes, from) => this.#onDatagram(bytes, from));
    this.#datagrams.on('error', () => {});
    this.#datagrams.bind({ fd: udp.descriptor });
    this.#streams = createServer((stream) => this.#onStream(stream));
    this.#streams.on('error', () => {});
    this.#streams.listen({ fd: tcp.descriptor });
  }

  close(): void {
    this.#datagrams.close();
    this.#streams.close();
    for (const stream of this.#connections) stream.destroy();
  }

  #onDatagram(bytes: Buffer, from: RemoteInfo): void {
    const turn = this.#turn++;
    const remembered = this.#remembered.find(bytes, this.#view.version(), turn);
    if (remembered) this.#send(remembered, from);
    else this.#answer(bytes, from, turn);
  }

  #answer(bytes: Buffer, from: RemoteInfo, turn: number): void {
    const query = parse(bytes);
    if (!query) return;
    const known = answer(query, this.#view, turn);
    if (known.kind === 'forward') {
      void this.#ask(bytes, query, 'udp').then((reply) => this.#send(reply, from));
      return;
    }
    if (known.lasts) this.#remembered.keep(bytes, this.#forms(query, known.packet));
    this.#send(encodeForDatagram(known.packet, query), from);
  }

  /** A shared name's answer in each of its orders. */
  #forms(query: Packet, { answers = [] }: Packet): Buffer[] {
    return Array.from({ length: Math.min(Math.max(answers.length, 1), MOST_FORMS) }, (_, turn) => {
      const known = answer(query, this.#view, turn);
      return known.kind === 'answer' ? encodeForDatagram(known.packet, query) : [];
    }).flat();
  }

  #send(reply: Buffer, { port, address }: RemoteInfo): void {
    try {
      this.#datagrams.send(reply, port, address);
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
