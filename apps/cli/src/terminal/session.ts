import { once } from 'node:events';
import type { Duplex, Writable } from 'node:stream';
import { decodeFrames, type Hijacked } from '@pontoon/api';
import type { Context } from '../verb.ts';
import { parseKeys, watchKeys } from './detach.ts';
import { makeRaw, restore } from './raw.ts';

export interface SessionOptions {
  /** The process has a terminal: output is one raw stream, keys go through as they are typed. */
  tty: boolean;
  /** Pass our input on. */
  stdin: boolean;
  detachKeys?: string;
}

type Ending = 'ended' | 'detached';

/** Joins our streams with those of a process until its output ends, or the user types the keys that detach. */
export async function runSession(
  context: Context,
  { socket }: Hijacked,
  options: SessionOptions,
): Promise<Ending> {
  const raw = options.tty && options.stdin && context.stdin.isTTY;
  const keys = parseKeys(options.detachKeys || 'ctrl-p,ctrl-q');
  socket.on('error', () => {}); // the other side may go while we still write; its end is what counts
  if (raw) makeRaw(context);
  try {
    const output = pumpOutput(context, socket, options.tty).then((): Ending => 'ended');
    if (!options.stdin) return await output;
    return await Promise.race([output, pumpInput(context, socket, options.tty ? keys : [])]);
  } finally {
    if (raw) restore(context);
    if (options.stdin) context.stdin.destroy();
    socket.destroy();
  }
}

async function pumpOutput({ stdout, stderr }: Context, socket: Duplex, tty: boolean): Promise<void> {
  try {
    if (tty) for await (const bytes of socket) await write(stdout, bytes);
    else
      for await (const { stream, bytes } of decodeFrames(socket))
        await write(stream === 'stderr' ? stderr : stdout, bytes);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const isGone = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

async function write(to: Writable, bytes: Uint8Array): Promise<void> {
  if (!to.write(bytes)) await once(to, 'drain');
}

/** Ends only by the detach keys: the end of our input closes that of the process, and its output goes on. */
async function pumpInput({ stdin }: Context, socket: Duplex, keys: number[]): Promise<Ending> {
  const watch = watchKeys(keys);
  for await (const input of stdin) {
    const { bytes, detached } = keys.length > 0 ? watch(input) : { bytes: input, detached: false };
    if (bytes.length > 0 && !socket.write(bytes))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    if (detached) return 'detached';
  }
  socket.end();
  return await new Promise<Ending>(() => {});
}
