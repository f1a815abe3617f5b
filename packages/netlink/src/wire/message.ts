/** struct nlmsghdr, include/uapi/linux/netlink.h: length, type, flags, sequence number, port id. */
export const HEADER_SIZE = 16;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_ECHO = 0x8;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
export const NLM_F_DUMP = 0x300;

const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

export interface Message {
  type: number;
  flags: number;
  sequence: number;
  body: Buffer;
}

export function encodeMessage({ type, flags, sequence, body }: Omit<Message, 'body'> & { body: Uint8Array }) {
  const length = HEADER_SIZE + body.length;
  const bytes = Buffer.alloc((length + 3) & ~3);
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(sequence, 8);
  bytes.set(body, HEADER_SIZE);
  return bytes;
}

/** One datagram holds one message or several. */
export function decodeMessages(datagram: Buffer): Message[] {
  const messages: Message[] = [];
  for (let offset = 0; offset + HEADER_SIZE <= datagram.length; ) {
    const length = datagram.readUInt32LE(offset);
    if (length < HEADER_SIZE || offset + length > datagram.length) break;
    messages.push({
      type: datagram.readUInt16LE(offset + 4),
      flags: datagram.readUInt16LE(offset + 6),
      sequence: datagram.readUInt32LE(offset + 8),
      body: datagram.subarray(offset + HEADER_SIZE, offset + length),
    });
    offset += (length + 3) & ~3;
  }
  return messages;
}

export interface Answer {
  /** Positive; 0: done as asked. */
  errno: number;
  /** The kernel's words (extended ACK), where it has any. */
  text?: string;
  /** Where in the request the refused attribute starts, counted from the message's header. */
  offset?: number;
}

/** NLMSG_ERROR, of which an ACK is one kind; NLMSG_DONE carries the same number first. */
export function decodeAnswer(message: Message): Answer {
  const { body, flags, type } = message;
  if (body.length < 4) return { errno: 0 };
  const answer: Answer = { errno: Math.abs(body.readInt32LE(0)) };
  if (!(flags & NLM_F_ACK_TLVS)) return answer;
  for (const [kind, value] of extensions(body, type, flags)) {
    if (kind === NLMSGERR_ATTR_MSG) answer.text = value.toString('utf8').replace(/\0.*$/s, '');
    if (kind === NLMSGERR_ATTR_OFFS) answer.offset = value.readUInt32LE(0);
  }
  return answer;
}

function* extensions(body: Buffer, type: number, flags: number): Generator<[number, Buffer]> {
  const whole = type === NLMSG_ERROR && !(flags & NLM_F_CAPPED) && body.length >= 4 + HEADER_SIZE;
  const echoed = whole ? body.readUInt32LE(4) : HEADER_SIZE;
  let offset = type === NLMSG_DONE ? 4 : 4 + ((echoed + 3) & ~3);
  while (offset + 4 <= body.length) {
    const length = body.readUInt16LE(offset);
    if (length < 4) return;
    yield [body.readUInt16LE(offset + 2) & 0x3fff, body.subarray(offset + 4, offset + length)];
    offset += (length + 3) & ~3;
  }
}
