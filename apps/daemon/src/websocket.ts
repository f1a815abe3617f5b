/** The server's half of RFC 6455, as much of it as attach needs: no extensions, no subprotocols. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import { Fault, messageOf } from '@pontoon/fault';
import type { Streams } from './call.ts';
import { endConnection } from './hijack.ts';
import { written } from './pace.ts';

/** Section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Section 7.4.1. */
const closing = { normal: 1000, protocol: 1002, tooBig: 1009 } as const;

/** What a client types or pipes comes in far smaller parts; Go's and the browsers' frames are below too. */
const longest_bytes = 1024 * 1024;

/** `Sec-WebSocket-Accept` for a client's handshake, section 4.2.2. @throws {Fault} invalid */
export function acceptOf(headers: IncomingHttpHeaders): string {
  const key = headers['sec-websocket-key'];
  if (headers.upgrade?.toLowerCase() !== 'websocket' || headers['sec-websocket-version'] !== '13' || !key)
    throw new Fault('invalid', 'not a WebSocket handshake of version 13 (RFC 6455)');
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** One unmasked, whole message: servers do not mask. */
export function encodeMessage(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const wide = length > 0xffff ? 8 : length > 125 ? 2 : 0;
  const head = Buffer.alloc(2 + wide);
  head[0] = 0x80 | opcode;
  head[1] = wide === 8 ? 127 : wide === 2 ? 126 : length;
  if (wide === 2) head.writeUInt16BE(length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

export interface WebSocketFrame {
  opcode: number;
  payload: Buffer;
}

/** A client's frames. What breaks the protocol ends them with a RangeError whose `cause` is the status to close with. */
export async function* readFrames(bytes: AsyncIterable<Buffer>): AsyncGenerator<WebSocketFrame> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const part of bytes) {
    waiting = Buffer.concat([waiting, part]);
    for (let frame = takeFrame(waiting); frame; frame = takeFrame(waiting)) {
      waiting = waiting.subarray(frame.end);
      yield frame;
    }
  }
}

/** The frame at the start of the bytes, once all of it is there. */
function takeFrame(bytes: Buffer): (WebSocketFrame & { end: number }) | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 2) return undefined;
  if ((first & 0x70) !== 0) throw broken('an extension that was not agreed', closing.protocol);
  if ((second & 0x80) === 0) throw broken('a frame of a client without mask', closing.protocol);
  const wide = (second & 0x7f) === 127 ? 8 : (second & 0x7f) === 126 ? 2 : 0;
  const start = 2 + wide + 4;
  if (bytes.length < start) return undefined;
  const length =
    wide === 8 ? Number(bytes.readBigUInt64BE(2)) : wide === 2 ? bytes.readUInt16BE(2) : second & 0x7f;
  if (length > longest_bytes) throw broken(`a frame of ${length} bytes`, closing.tooBig);
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let index = 0; index < length; index++) payload[index]! ^= mask[index & 3]!;
  return { opcode: first & 0x0f, payload, end: start + length };
}

function broken(what: string, status: number): RangeError {
  return new RangeError(`the client sent ${what}`, { cause: status });
}

/**
 * Attach over a WebSocket: stdin comes in messages, output goes in messages, stdout and stderr mixed as dockerd does
 * (moby, container_routes.go, wsContainersAttach). @param opcode binary from API 1.28 on, before that text
 */
export async function carryMessages(
  socket: Duplex,
  accept: string,
  streams: Streams,
  opcode: number,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.once('close', () => streams.close());
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write(`${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const leave = leaving(socket, streams);
  void receive(socket, streams).then(leave, (error: unknown) => leave(statusOf(error), messageOf(error)));
  try {
    for await (const { bytes } of streams.output) {
      if (!(await written(socket, encodeMessage(opcode, bytes)))) break;
    }
  } finally {
    leave(closing.normal);
  }
}

/** Says good-bye once, whichever side ends. */
function leaving(socket: Duplex, streams: Streams): (status: number, reason?: string) => void {
  let left = false;
  return (status, reason = '') => {
    if (left) return;
    left = true;
    streams.close();
    const code = Buffer.alloc(2);
    code.writeUInt16BE(status);
    if (socket.writable) {
      socket.write(encodeMessage(opcodes.close, Buffer.concat([code, Buffer.from(reason.slice(0, 100))])));
    }
    endConnection(socket);
  };
}

function statusOf(error: unknown): number {
  return error instanceof RangeError && typeof error.cause === 'number' ? error.cause : closing.protocol;
}

/** @returns the status to close with, when the client has said that it leaves, or is gone */
async function receive(socket: Duplex, { stdin }: Streams): Promise<number> {
  stdin?.on('error', () => undefined); // EPIPE: the process ended first; its output tells.
  for await (const { opcode, payload } of readFrames(socket.iterator({ destroyOnReturn: false }))) {
    if (opcode === opcodes.close) break;
    if (opcode === opcodes.ping) socket.write(encodeMessage(opcodes.pong, payload));
    if (opcode <= opcodes.binary && stdin) await written(stdin as Writable, payload);
  }
  stdin?.end();
  return closing.normal;
}
