/**
 * Attach and exec start: the connection stops being HTTP and carries a process's streams. Clients that ask for
 * `Upgrade: tcp` get 101, others 200, and the same bytes after it. Either side may end its half alone: input that
 * ends is the process's end of file, output goes on.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { encodeFrame } from '@pontoon/api';
import { contentTypeOf } from './answer.ts';
import type { Streams } from './call.ts';
import { written } from './pace.ts';

/** Clients that are gone but do not close: they are not waited for longer. */
const linger_ms = 2000;

/** The head of the answer, and then the streams until the output ends or the client goes. */
export async function carry(
  connection: { socket: Duplex; upgraded: boolean; body: IncomingMessage },
  streams: Streams,
  version: string,
): Promise<void> {
  const { socket } = connection;
  socket.on('error', () => socket.destroy());
  socket.once('close', () => streams.close());
  socket.write(headOf(connection.upgraded, contentTypeOf(streams.terminal, version)));
  feed(connection, streams.stdin);
  try {
    for await (const { stream, bytes } of streams.output) {
      if (!(await written(socket, streams.terminal ? bytes : encodeFrame(stream, bytes)))) break;
    }
  } finally {
    streams.close();
    endConnection(socket);
  }
}

function headOf(upgraded: boolean, contentType: string): string {
  const lines = upgraded
    ? ['HTTP/1.1 101 UPGRADED', `Content-Type: ${contentType}`, 'Connection: Upgrade', 'Upgrade: tcp']
    : ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function feed(
  { socket, upgraded, body }: { socket: Duplex; upgraded: boolean; body: IncomingMessage },
  stdin: NodeJS.WritableStream | undefined,
): void {
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
