import { Writable } from 'node:stream';
import { connectSeqpacket, type SeqpacketStream } from '@pontoon/sys';
import { DetachKeys } from './keys.ts';

export interface OutputChunk {
  stream: 'stdout' | 'stderr';
  bytes: Buffer;
}

/**
 * A client's connection to a container's (or exec session's) standard streams. Output is pulled: what is not read stays
 * in the kernel's queue, and once that is full conmon waits, and with it in the end the container. Nothing is dropped.
 */
export interface AttachedStreams {
  terminal: boolean;
  /** Its end is the end of the process's input, where that was asked for at creation. */
  stdin?: Writable;
  /** Ends when the process does, or after `close`, or when the detach keys were typed. For one reader. */
  output: AsyncIterable<OutputChunk>;
  /** Whether the detach keys ended it. */
  readonly detached: boolean;
  /** The client is gone; the process stays. */
  close(): void;
}

export interface AttachOptions {
  terminal: boolean;
  /** Whether this client may write. */
  stdin: boolean;
  /** `ctrl-p,ctrl-q`; looked for on a terminal only. */
  detachKeys?: string;
  /** The output ends only after this: who reads to its end can then ask how the process ended. */
  before?: Promise<unknown>;
  /** conmon takes any client's going for the end of input: one that only listens has to be kept till the end. */
  lingers?: boolean;
}

/** conmon's buffer for one packet of input is 32 KiB; half of that leaves no doubt. */
const STDIN_PACKET = 16 * 1024;

/** First byte of a packet: conmon's src/utils.h, stdpipe_t. */
const STREAMS: Record<number, OutputChunk['stream']> = { 2: 'stdout', 3: 'stderr' };

/** @param socket conmon's attach socket, which is there from before the process runs till its end */
export function attachTo(socket: string, o: AttachOptions): AttachedStreams {
  const connection = connectSeqpacket(socket);
  const state = { detached: false, closed: false };
  const close = () => {
    if (state.closed) return;
    state.closed = true;
    if (o.lingers && !o.stdin) void drain(connection);
    else connection.close();
  };
  const detach = () => {
    state.detached = true;
    close();
  };
  const keys = o.terminal ? new DetachKeys(o.detachKeys) : undefined;
  return {
    terminal: o.terminal,
    ...(o.stdin ? { stdin: writable(connection, keys, detach) } : {}),
    output: chunks(connection, state, close, o.before),
    get detached() {
      return state.detached;
    },
    close,
  };
}

async function* chunks(
  connection: SeqpacketStream,
  state: { closed: boolean },
  close: () => void,
  before: Promise<unknown> | undefined,
): AsyncGenerator<OutputChunk> {
  try {
    while (!state.closed) {
      const packet = await connection.read();
      if (state.closed) return;
      if (!packet) {
        await before;
        return;
      }
      const stream = STREAMS[packet[0] ?? 0];
      if (stream && packet.length > 1) yield { stream, bytes: packet.subarray(1) };
    }
  } finally {
    close();
  }
}

async function drain(connection: SeqpacketStream): Promise<void> {
  while (await connection.read());
  connection.close();
}

function writable(connection: SeqpacketStream, keys: DetachKeys | undefined, detach: () => void): Writable {
  const send = async (bytes: Buffer) => {
    for (let offset = 0; offset < bytes.length; offset += STDIN_PACKET) {
      // Once the process has closed its input the rest is of no use to anyone, as with any pipe.
      if (!(await connection.write(bytes.subarray(offset, offset + STDIN_PACKET)))) return;
    }
  };
  return new Writable({
    highWaterMark: STDIN_PACKET,
    write(chunk: Buffer, _, done) {
      const found = keys?.find(chunk);
      send(found?.pass ?? chunk).then(() => {
        if (found?.detached) detach();
        done();
      }, done);
    },
    final(done) {
      connection.finish();
      done();
    },
  });
}
