import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { Streams } from './call.ts';
import { carry, takeSocket } from './hijack.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-hijack-'));
const path = join(folder, 's');
let streams: () => Streams;
const server = createServer((request) => {
  void carry({ socket: takeSocket(request), upgraded: false, body: request }, streams(), '1.50');
});
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  if (head.length > 0) socket.unshift(head);
  void carry({ socket, upgraded: true, body: request }, streams(), '1.50');
});

before(
  () =>
    new Promise<void>((resolve) => {
      server.listen(path, resolve);
    }),
);
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A process like `sort`: it answers once its input has ended. */
function echoAtEnd(terminal: boolean): Streams {
  const stdin = new PassThrough();
  async function* output(): AsyncGenerator<{ stream: 'stdout'; bytes: Uint8Array }> {
    yield { stream: 'stdout', bytes: Buffer.from('ready ') };
    yield { stream: 'stdout', bytes: Buffer.from(await text(stdin)) };
  }
  return { terminal, stdin, output: output(), close: () => stdin.destroy() };
}

function open(headers: string[]): Socket {
  const socket = connect({ path, allowHalfOpen: true });
  socket.write(`${['POST /containers/a/attach HTTP/1.1', 'Host: x', ...headers].join('\r\n')}\r\n\r\n`);
  return socket;
}

test('with Upgrade: tcp the answer is 101, and output goes on after input has ended', async () => {
  streams = () => echoAtEnd(true);
  const socket = open(['Connection: Upgrade', 'Upgrade: tcp']);
  socket.end('typed');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1.1 101 UPGRADED\r\nContent-Type: application\/vnd.docker.raw-stream\r\n/);
  assert.match(answer, /\r\n\r\nready typed$/);
});

test('without an upgrade it is 200, and what follows the request is input all the same', async () => {
  streams = () => echoAtEnd(true);
  const socket = open([]);
  await new Promise((resolve) => socket.once('readable', resolve));
  socket.end('typed');
  assert.match(await text(socket), /^HTTP\/1.1 200 OK\r\n.*\r\n\r\nready typed$/s);
});

test('without a terminal the output is framed', async () => {
  streams = () => echoAtEnd(false);
  const socket = open(['Connection: Upgrade', 'Upgrade: tcp']);
  socket.end('x');
  const answer = await text(socket);
  assert.match(answer, /multiplexed-stream/);
  assert.ok(answer.endsWith('\x01\0\0\0\0\0\0\x06ready \x01\0\0\0\0\0\0\x01x'));
});

test('a client that does not read holds the process back, not the daemon’s memory', async () => {
  let taken = 0;
  const megabyte = Buffer.alloc(1 << 20);
  let closed: Promise<void> = Promise.resolve();
  streams = () => {
    const end = Promise.withResolvers<void>();
    closed = end.promise;
    async function* output(): AsyncGenerator<{ stream: 'stdout'; bytes: Uint8Array }> {
      for (; taken < 1000; taken++) yield { stream: 'stdout', bytes: megabyte };
    }
    return { terminal: true, output: output(), close: () => end.resolve() };
  };
  const socket = open(['Connection: Upgrade', 'Upgrade: tcp']);
  await new Promise((resolve) => socket.once('readable', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(taken < 20, `took ${taken} MB ahead of its reader`);
  socket.destroy();
  await closed;
});
