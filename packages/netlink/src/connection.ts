import { inNamespace, type NetlinkSocket, openNetlink, SystemError } from '@pontoon/sys';
import {
  type Answer,
  decodeAnswer,
  decodeMessages,
  encodeMessage,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from './wire/message.ts';

/** Protocols of netlink(7): include/uapi/linux/netlink.h. */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_NETFILTER = 12;

/** What a connection stands on: a netlink socket of sys, or a script in tests. */
export type Wire = Pick<NetlinkSocket, 'send' | 'receive' | 'poll' | 'close'> &
  Partial<Pick<NetlinkSocket, 'sendAside'>>;

export interface Request {
  type: number;
  flags: number;
  body: Uint8Array;
}

/** A dump that changes under the reader is read again; so often, then it is an error. */
const DUMP_ATTEMPTS = 10;
const EAGAIN = 11;

/**
 * A conversation with one part of the kernel, in the namespace in which it was opened. The kernel handles a request
 * before send(2) returns, so the answer is there at once and every verb is a plain synchronous call.
 */
export class Connection {
  readonly #wire: Wire;
  #sequence = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /**
   * One request and its acknowledgement.
   * @param name what errors call it: "RTM_NEWLINK eth0"
   * @returns the messages that came before the acknowledgement
   * @throws {SystemError} with the kernel's errno and words
   */
  request(name: string, type: number, flags: number, body: Uint8Array): Message[] {
    const sequence = this.#next();
    this.#wire.send(encodeMessage({ type, flags: flags | NLM_F_REQUEST | NLM_F_ACK, sequence, body }));
    return this.#collect(name, sequence).messages;
  }

  /** Like `request`, without holding up this thread; nothing else may use the connection meanwhile. */
  async requestAside(name: string, type: number, flags: number, body: Uint8Array): Promise<Message[]> {
    const sequence = this.#next();
    const bytes = encodeMessage({ type, flags: flags | NLM_F_REQUEST | NLM_F_ACK, sequence, body });
    if (this.#wire.sendAside) await this.#wire.sendAside(bytes);
    else this.#wire.send(bytes);
    return this.#collect(name, sequence).messages;
  }

  /** All objects of a kind, as one consistent picture: one that changed meanwhile is taken again. */
  dump(name: string, type: number, body: Uint8Array): Message[] {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const sequence = this.#next();
      this.#wire.send(encodeMessage({ type, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence, body }));
      const { messages, interrupted } = this.#collect(name, sequence);
      if (!interrupted) return messages;
    }
    throw new SystemError(name, EAGAIN, `changed during each of ${DUMP_ATTEMPTS} dumps`);
  }

  /**
   * Several requests in one datagram, which the kernel takes as a whole: an nfnetlink batch. At least one of them must
   * ask for an acknowledgement; errors are reported for every one that fails.
   * @returns the refused ones, by their index
   */
  batch(requests: Request[]): Map<number, Answer> {
    const first = this.#next();
    this.#sequence = (first + requests.length) >>> 0;
    const encoded = requests.map(({ type, flags, body }, index) =>
      encodeMessage({ type, flags: flags | NLM_F_REQUEST, sequence: first + index, body }),
    );
    this.#wire.send(Buffer.concat(encoded));
    const refused = new Map<number, Answer>();
    let datagram: Buffer | undefined = this.#wire.receive();
    for (; datagram; datagram = this.#wire.poll()) {
      for (const message of decodeMessages(datagram)) {
        const index = message.sequence - first;
        if (message.type !== NLMSG_ERROR || index < 0 || index >= requests.length) continue;
        const answer = decodeAnswer(message);
        if (answer.errno !== 0) refused.set(index, answer);
      }
    }
    return refused;
  }

  close(): void {
    this.#wire.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0 || 1;
    return this.#sequence;
  }

  #collect(name: string, sequence: number): { messages: Message[]; interrupted: boolean } {
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of decodeMessages(this.#wire.receive())) {
        // What an earlier request that failed half way left behind.
        if (message.sequence !== sequence) continue;
        const last = message.type === NLMSG_ERROR || message.type === NLMSG_DONE;
        if (message.type !== NLMSG_ERROR && message.flags & NLM_F_DUMP_INTR) interrupted = true;
        if (last) {
          const { errno, text } = decodeAnswer(message);
          if (errno !== 0) throw new SystemError(name, errno, text);
          return { messages, interrupted };
        }
        messages.push(message);
      }
    }
  }
}

/** Links, addresses, routes: rtnetlink(7). @param namespace path of the namespace to talk to; our own where absent */
export function openRoute(namespace?: string): Connection {
  return open(NETLINK_ROUTE, namespace);
}

/** nftables and connection tracking. */
export function openNetfilter(namespace?: string): Connection {
  return open(NETLINK_NETFILTER, namespace);
}

/** Sockets of all processes of the namespace: sock_diag(7). */
export function openDiagnosis(namespace?: string): Connection {
  return open(NETLINK_SOCK_DIAG, namespace);
}

/** A socket stays for ever in the namespace in which it was made. */
function open(protocol: number, namespace: string | undefined): Connection {
  const socket = () => openNetlink(protocol);
  return new Connection(namespace === undefined ? socket() : inNamespace(namespace, socket));
}

/** Is it the kernel's refusal, with one of these codes ("ENODEV")? */
export function isSystemError(error: unknown, ...codes: string[]): error is SystemError {
  return error instanceof SystemError && (codes.length === 0 || codes.includes(error.code));
}
