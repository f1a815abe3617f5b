import { type NetlinkSocket, openNetlink, SystemError } from '@pontoon/sys';
import { each } from './attributes.ts';

/** include/uapi/linux/netlink.h */
export const FLAGS = {
  request: 1,
  ack: 4,
  echo: 8,
  dump: 0x300,
  create: 0x400,
  exclusive: 0x200,
  append: 0x800,
  replace: 0x100,
};
const ERROR = 2;
const DONE = 3;
const HEADER = 16;
const MULTI = 0x2;
const DUMP_INTERRUPTED = 0x10;
const CAPPED = 0x100;
const EXTENDED_ACK = 0x200;
const EXT_ACK_MESSAGE = 1;
const DUMP_ATTEMPTS = 8;

export interface Message {
  type: number;
  flags: number;
  sequence: number;
  body: Buffer;
}

/** The socket's part that a connection needs: a real one, or a scripted one in tests. */
export type Wire = Pick<NetlinkSocket, 'descriptor' | 'send' | 'receive' | 'poll' | 'join' | 'close'>;

/** Requests and their answers on one netlink socket, each a plain synchronous call. */
export class Connection {
  readonly wire: Wire;
  #sequence = 1;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /**
   * One request that the kernel acknowledges.
   * @param operation for the error: "RTM_NEWLINK veth1"
   * @returns what came before the acknowledgement: the object asked for, or the echo of a new one
   * @throws {SystemError} with the kernel's errno and, where it gave one, its extended text
   */
  request(operation: string, type: number, flags: number, body: Uint8Array): Message[] {
    const sequence = this.#next();
    this.wire.send(frame(type, FLAGS.request | FLAGS.ack | flags, sequence, body));
    const answers: Message[] = [];
    for (;;) {
      for (const message of parse(this.wire.receive())) {
        if (message.sequence !== sequence) continue;
        if (message.type !== ERROR) {
          answers.push(message);
          continue;
        }
        const errno = -message.body.readInt32LE(0);
        if (errno !== 0) throw new SystemError(operation, errno, extendedText(message));
        return answers;
      }
    }
  }

  /** All messages of a dump; one that the kernel says was disturbed by a change is taken again. */
  dump(operation: string, type: number, body: Uint8Array): Message[] {
    for (let attempt = 1; ; attempt++) {
      const { messages, interrupted } = this.#dumpOnce(operation, type, body);
      if (!interrupted || attempt === DUMP_ATTEMPTS) return messages;
    }
  }

  #dumpOnce(
    operation: string,
    type: number,
    body: Uint8Array,
  ): { messages: Message[]; interrupted: boolean } {
    const sequence = this.#next();
    this.wire.send(frame(type, FLAGS.request | FLAGS.dump, sequence, body));
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of parse(this.wire.receive())) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & DUMP_INTERRUPTED) !== 0;
        if (message.type === ERROR || message.type === DONE) {
          const errno = message.body.length >= 4 ? -message.body.readInt32LE(0) : 0;
          if (errno !== 0) throw new SystemError(operation, errno, extendedText(message));
          return { messages, interrupted };
        }
        messages.push(message);
        if ((message.flags & MULTI) === 0) return { messages, interrupted };
      }
    }
  }

  /**
   * Several messages in one datagram, taken by the kernel as a whole (an nfnetlink batch). Each entry that asked for it
   * is acknowledged; errors come back under the number of the entry that caused them.
   * @returns errno by entry, only those that failed
   */
  batch(
    entries: { type: number; flags: number; body: Uint8Array }[],
  ): Map<number, { errno: number; text?: string }> {
    const first = this.#sequence;
    this.#sequence = (this.#sequence + entries.length) >>> 0;
    this.wire.send(
      Buffer.concat(
        entries.map(({ type, flags, body }, index) =>
          frame(type, FLAGS.request | flags, first + index, body),
        ),
      ),
    );
    const failed = new Map<number, { errno: number; text?: string }>();
    const last = entries.findLastIndex((entry) => (entry.flags & FLAGS.ack) !== 0);
    for (let acknowledged = last < 0; ; ) {
      const bytes = acknowledged ? this.wire.poll() : this.wire.receive();
      if (!bytes) return failed;
      for (const message of parse(bytes)) {
        const index = message.sequence - first;
        if (message.type !== ERROR || index < 0 || index >= entries.length) continue;
        const errno = -message.body.readInt32LE(0);
        if (errno !== 0) failed.set(index, { errno, text: extendedText(message) });
        if (index === last || errno !== 0) acknowledged = true;
      }
    }
  }

  close(): void {
    this.wire.close();
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0 || 1;
    return this.#sequence;
  }
}

export function openRoute(): Connection {
  return new Connection(openNetlink(0));
}

export function openNetfilter(): Connection {
  return new Connection(openNetlink(12));
}

export function openDiagnosis(): Connection {
  return new Connection(openNetlink(4));
}

/** struct nlmsghdr and its body, padded to four bytes. */
export function frame(type: number, flags: number, sequence: number, body: Uint8Array): Buffer {
  const length = HEADER + body.length;
  const bytes = Buffer.alloc((length + 3) & ~3);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.set(body, HEADER);
  return bytes;
}

export function parse(datagram: Buffer): Message[] {
  const messages: Message[] = [];
  let at = 0;
  while (at + HEADER <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER || at + length > datagram.length) break;
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      body: datagram.subarray(at + HEADER, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** The kernel's own sentence, where it gave one: NLMSGERR_ATTR_MSG. */
function extendedText(message: Message): string | undefined {
  if ((message.flags & EXTENDED_ACK) === 0 || message.body.length < 4 + HEADER) return undefined;
  const request = message.flags & CAPPED ? HEADER : message.body.readUInt32LE(4);
  for (const [number, payload] of each(message.body.subarray(4 + ((request + 3) & ~3)))) {
    if (number === EXT_ACK_MESSAGE) return payload.toString('utf8').replace(/\0.*$/s, '');
  }
  return undefined;
}

/** Is it the kernel's refusal, with one of these codes ("ENODEV")? */
export function isSystemError(error: unknown, ...codes: string[]): error is SystemError {
  return error instanceof SystemError && (codes.length === 0 || codes.includes(error.code));
}
