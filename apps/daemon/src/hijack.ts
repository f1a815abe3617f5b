/**
 * Attach and exec start: the connection stops being HTTP and carries a process's streams. Clients that ask for
 * `Upgrade: tcp` get 101, others 200, and the same bytes after it. Either side may end its half alone: input that
 * ends is the process's end of file, output goes on.
 */
import type { IncomingMessage } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import { encodeFrame } from '@pontoon/api';
import { contentTypeOf } from './answer.ts';
import type { LateStreams, Streams } from './call.ts';
import { written } from './pace.ts';

/** Clients that are gone but do not close: they are not waited for longer. */
const linger_ms = 2000;

interface Connection {
  socket: Duplex;
  upgraded: boolean;
  body: IncomingMessage;
}

/** The head of the answer, and then the streams until the output ends or the client goes. */
export async function carry(
  connection: Connection,
  attached: Streams | LateStreams,
  version: string,
): Promise<void> {
  const { socket } = connection;
  socket.on('error', () => socket.destroy());
  socket.write(headOf(connection.upgraded, contentTypeOf(attached.terminal, version)));
  const streams = 'started' in attached ? await whenStarted(connection, attached) : attached;
  if (!('started' in attached)) feed(connection, attached.stdin);
  socket.once('close', () => streams.close());
  if (socket.destroyed) streams.close();
  try {
    for await (const { stream, bytes } of streams.output) {
      if (!(await written(socket, streams.terminal ? bytes : encodeFrame(stream, bytes)))) break;
    }
  } finally {
    streams.close();
    endConnection(socket);
  }
}

/**
 * Output must not come in one segment with the head: docker-py reads the head through a buffer of its own, and loses
 * what else is in there. So the head goes out while the process is being started, and input waits for it meanwhile.
 */
async function whenStarted(connection: Connection, late: LateStreams): Promise<Streams> {
  const input = new PassThrough();
  feed(connection, input);
  const streams = await late.started;
  streams.stdin?.on('error', () => input.resume()); // EPIPE: as in `feed`
  if (streams.stdin) input.pipe(streams.stdin);
  else input.resume();
  return streams;
}

function headOf(upgraded: boolean, contentType: string): string {
  const lines = upgraded
    ? ['HTTP/1.1 101 UPGRADED', `Content-Type: ${contentType}`, 'Connection: Upgrade', 'Upgrade: tcp']
    : ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function feed({ socket, upgraded, body }: Connection, stdin: NodeJS.WritableStream | undefined): void {
  if (!stdin) {
    socket.resume();
    return;
  }
  // EPIPE: the process ended first; its output tells.
  stdin.on('error', () => socket.resume());
  // Without an upgrade a client may send its input as the request's body, framed by HTTP.
  const framed = !upgraded && hasBody(body) && !body.readableEnded;
  (framed ? body : socket).pipe(stdin);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

/** Ends our half, and does not wait for ever for the other. */
export function endConnection(socket: Duplex): void {
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), linger_ms);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroySoon?.());
}

declare module 'node:stream' {
  interface Duplex {
    /** net.Socket: destroys it once what was written is out. */
    destroySoon?(): void;
  }
}

/**
 * Takes a connection out of the hands of the HTTP parser. Listening for 'data' makes Node stop reading the descriptor
 * in native code; its own listener is removed, so the bytes that follow the request are ours. Whoever calls this
 * listens in the same tick: the socket flows (once paused, such a socket never reads again: Node 26).
 */
export function takeSocket(request: IncomingMessage): Duplex {
  const { socket } = request;
  for (const event of ['data', 'end', 'drain', 'timeout'] as const) socket.removeAllListeners(event);
  socket.setTimeout(0);
  return socket;
}
