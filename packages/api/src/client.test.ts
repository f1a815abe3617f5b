import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { Fault } from '@pontoon/fault';
import { parseAddress } from './address.ts';
import { connectEngine, type EngineClient, queryOf } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-client-'));
const url = `unix://${folder}/api.sock`;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let client: EngineClient;

before(async () => {
  server = createServer((request, response) => answer(request, response));
  server.on('upgrade', (_request, socket) => {
    socket.write(
      'HTTP/1.1 101 UPGRADED\r\nContent-Type: x/raw\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ',
    );
    let typed = '';
    socket.on('data', (part: Buffer) => {
      typed += part.toString();
    });
    socket.on('end', () => socket.end(`after end: ${typed}`));
  });
  await new Promise<void>((resolve) => {
    server.listen(join(folder, 'api.sock'), resolve);
  });
  client = connectEngine(url);
});

after(() => {
  client.close();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

test('a call sends JSON to the versioned path and gives the answer', async () => {
  let seen: unknown;
  answer = async (request, response) => {
    seen = [request.method, request.url, request.headers['content-type'], await text(request)];
    response.writeHead(201).end('{"Id":"1","Warnings":[]}');
  };
  const made = await client.call('ContainerCreate', { query: { name: 'a b' }, body: { Image: 'busybox' } });
  assert.equal(made.Id, '1');
  assert.deepEqual(seen, [
    'POST',
    '/v1.50/containers/create?name=a+b',
    'application/json',
    '{"Image":"busybox"}',
  ]);
});

test('an answer without a body is undefined', async () => {
  answer = (_request, response) => response.writeHead(204).end();
  assert.equal(await client.call('ContainerStart', { parameters: { id: 'a' } }), undefined);
});

test('an error is a Fault of its status with the engine’s words', async () => {
  answer = (_request, response) => response.writeHead(404).end('{"message":"No such container: a"}');
  await assert.rejects(client.call('ContainerInspect', { parameters: { id: 'a' } }), (error) => {
    assert.ok(error instanceof Fault);
    assert.deepEqual([error.kind, error.message], ['not-found', 'No such container: a']);
    return true;
  });
});

test('where nobody listens the message is that of Docker’s client', async () => {
  const lost = connectEngine(`unix://${folder}/none.sock`);
  await assert.rejects(lost.call('SystemVersion'), {
    message: `Cannot connect to the Docker daemon at unix://${folder}/none.sock. Is the docker daemon running?`,
  });
});

test('lines come as they are sent, and leaving the loop closes the connection', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  answer = (_request, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    response.writeHead(200);
    response.write('{"Type":"container"}\n');
  };
  for await (const event of client.lines('SystemEvents')) {
    assert.equal(event.Type, 'container');
    break;
  }
  await closed;
});

test('an upload is sent as it is', async () => {
  answer = async (request, response) => {
    response.end(JSON.stringify({ stream: `${request.headers['content-type']} ${await text(request)}` }));
  };
  const content = {
    type: 'application/x-tar',
    stream: Readable.from([Buffer.from('tar'), Buffer.from('ball')]),
  };
  const told = await Array.fromAsync(client.lines('ImageLoad', { content }));
  assert.deepEqual(told, [{ stream: 'application/x-tar tarball' }]);
});

test('a hijacked connection carries both ways, and output goes on after input has ended', async () => {
  const { socket, contentType } = await client.hijack('ContainerAttach', { parameters: { id: 'a' } });
  assert.equal(contentType, 'x/raw');
  socket.end('typed');
  assert.equal(await text(socket), 'hello after end: typed');
});

test('queries repeat lists, encode filters and leave out what is undefined', () => {
  assert.equal(
    queryOf({ all: true, filters: { name: ['a'] }, names: ['x', 'y'], none: undefined }),
    '?all=true&filters=%7B%22name%22%3A%5B%22a%22%5D%7D&names=x&names=y',
  );
  assert.equal(queryOf(), '');
});

test('addresses are read as Docker’s clients read them', () => {
  assert.deepEqual(parseAddress('unix:///run/x.sock'), { kind: 'unix', path: '/run/x.sock' });
  assert.deepEqual(parseAddress('tcp://[::1]:99'), { kind: 'tcp', host: '::1', port: 99 });
  assert.deepEqual(parseAddress('tcp://a'), { kind: 'tcp', host: 'a', port: 2375 });
  assert.throws(() => parseAddress('ftp://a'), { message: 'unable to parse docker host `ftp://a`' });
});

test('the server that answers 200 to a hijack is understood as well', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'x/old' });
    response.end('output');
  };
  const old = createServer({ shouldUpgradeCallback: () => false }, (request, response) =>
    answer(request, response),
  );
  await new Promise<void>((resolve) => {
    old.listen(join(folder, 'old.sock'), resolve);
  });
  const { contentType } = await connectEngine(`unix://${folder}/old.sock`).hijack('ContainerAttach', {
    parameters: { id: 'a' },
  });
  assert.equal(contentType, 'x/old');
  old.close();
  old.closeAllConnections();
});

test('the raw answer keeps its headers', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'X-Docker-Container-Path-Stat': 'e30=' }).end();
  };
  const options = { parameters: { id: 'a' }, query: { path: '/' } };
  const { headers } = await client.open('ContainerArchiveInfo', options);
  assert.equal(headers['x-docker-container-path-stat'], 'e30=');
});
