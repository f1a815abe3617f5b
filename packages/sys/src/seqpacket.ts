import { closeSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { attempt, must } from './ffi.ts';
import { READABLE, type Watch, WRITABLE, watch } from './poller/poller.ts';

/** unix(7), socket(7): include/linux/net.h and include/linux/socket.h. */
const AF_UNIX = 1;
const SOCK_SEQPACKET = 5;
const NON_BLOCKING = 0x800;
const CLOSE_ON_EXEC = 0x80000;
const NO_SIGNAL = 0x4000;
const SHUT_WR = 1;
const EAGAIN = 11;
const EPIPE = 32;
const ECONNRESET = 104;

/** Room in sun_path, less the final zero. */
const LONGEST_PATH = 107;

/** Larger than any packet that conmon sends: its buffer of 8 KiB and the byte that names the stream. */
const PACKET_SIZE = 64 * 1024;

/** After so many packets without a pause, other events get their turn. */
const PACKETS_A_TURN = 64;

/** One buffer for the process: a packet is copied out of it before the next is read. */
let scratch: Buffer | undefined;

/** A connected SOCK_SEQPACKET socket. It holds no packets itself: what is not read stays with the sender. */
export interface SeqpacketStream {
  /** The next packet; undefined at the end, which is also what follows `close`. One call at a time. */
  read(): Promise<Buffer | undefined>;
  /** Sends one packet; waits while the other side's queue is full. False: the other side is gone. */
  write(packet: Uint8Array): Promise<boolean>;
  /** No more packets will come from here: the other side reads an end. */
  finish(): void;
  close(): void;
}

/** @throws {SystemError} ENOENT or ECONNREFUSED where nobody listens */
export function connectSeqpacket(path: string): SeqpacketStream {
  const descriptor = must('socket', AF_UNIX, SOCK_SEQPACKET | NON_BLOCKING | CLOSE_ON_EXEC, 0);
  try {
    connect(descriptor, path);
    return stream(descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A long path goes by way of its folder's descriptor, as conmon itself does. */
function connect(descriptor: number, path: string): void {
  if (Buffer.byteLength(path) <= LONGEST_PATH) {
    connectTo(descriptor, path);
    return;
  }
  const folder = openSync(dirname(path), 'r');
  try {
    connectTo(descriptor, `/proc/self/fd/${folder}/${basename(path)}`);
  } finally {
    closeSync(folder);
  }
}

function connectTo(descriptor: number, path: string): void {
  const address = Buffer.alloc(2 + LONGEST_PATH + 1);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2);
  must('connect', descriptor, address, address.length);
}

function stream(descriptor: number): SeqpacketStream {
  let closed = false;
  let onReadable: (() => void) | undefined;
  let onWritable: (() => void) | undefined;
  let packets = 0;
  const watcher: Watch = watch(descriptor, (ready) => {
    const reader = ready & READABLE ? onReadable : undefined;
    const writer = ready & WRITABLE ? onWritable : undefined;
    if (reader) onReadable = undefined;
    if (writer) onWritable = undefined;
    arm();
    reader?.();
    writer?.();
  });
  const arm = () => {
    const interest = (onReadable ? READABLE : 0) | (onWritable ? WRITABLE : 0);
    if (interest) watcher.arm(interest);
  };
  const readable = () =>
    new Promise<void>((resolve) => {
      onReadable = resolve;
      arm();
    });
  const writable = () =>
    new Promise<void>((resolve) => {
      onWritable = resolve;
      arm();
    });
  return {
    async read() {
      if (++packets % PACKETS_A_TURN === 0) await new Promise(setImmediate);
      while (!closed) {
        const packet = receive(descriptor);
        if (packet !== 'nothing yet') return packet;
        await readable();
      }
      return undefined;
    },
    async write(packet) {
      while (!closed) {
        const sent = attempt('send', descriptor, packet, packet.length, NO_SIGNAL);
        if (sent >= 0) return true;
        if (sent === -EPIPE || sent === -ECONNRESET) return false;
        if (sent !== -EAGAIN) must('send', descriptor, packet, packet.length, NO_SIGNAL);
        await writable();
      }
      return false;
    },
    finish() {
      if (!closed) attempt('shutdown', descriptor, SHUT_WR);
    },
    close() {
      if (closed) return;
      closed = true;
      watcher.close();
      closeSync(descriptor);
      onReadable?.();
      onWritable?.();
    },
  };
}

function receive(descriptor: number): Buffer | undefined | 'nothing yet' {
  scratch ??= Buffer.alloc(PACKET_SIZE);
  for (;;) {
    const length = attempt('recv', descriptor, scratch, scratch.length, 0);
    if (length > 0) return Buffer.from(scratch.subarray(0, length));
    if (length === 0) return undefined;
    if (length === -EAGAIN) return 'nothing yet';
    // The other side went with packets of ours unread: told once, before what it sent us. unix_release_sock()
    if (length !== -ECONNRESET) return undefined;
  }
}
