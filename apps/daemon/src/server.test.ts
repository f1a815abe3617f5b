import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { connectEngine, decodeFrames, type Operation } from '@pontoon/api';
import type { Engine } from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import { readJson } from './body.ts';
import type { Call, Operate } from './call.ts';
import { refusals } from './routes/refusal.ts';
import { createServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-server-'));
const socketPath = join(folder, 's');
const url = `unix://${socketPath}`;

/** The engine is not asked here: these operations tell what reached them. */
const operations: Partial<Record<Operation, Operate>> = {
  SystemPing: async () => ({ status: 200, text: 'OK' }),
  ImageInspect: async ({ parameters, version }) => ({ status: 200, json: { ...parameters, version } }),
  ContainerCreate: async ({ body }) => ({ status: 201, json: await readJson(body) }),
  ContainerStart: () => Promise.reject(new Fault('not-modified', '')),
  ContainerInspect: ({ parameters }) =>
    Promise.reject(new Fault('not-found', `No such container: ${parameters.id}`)),
  ContainerList: () => Promise.reject(new RangeError('a defect')),
  ContainerAttach: async (call) => ({ attached: echo(call) }),
  ImageLoad: async () => ({
    progress: async (tell) => {
      tell({ stream: 'half' });
      throw new Fault('internal', 'the rest is missing');
    },
  }),
  ImageCreate: async () => ({ progress: () => Promise.reject(new Fault('not-found', 'pull access denied')) }),
};

function echo({ parameters, query }: Call) {
  const stdin = new PassThrough();
  async function* output() {
    yield { stream: 'stdout' as const, bytes: Buffer.from(`${parameters.id} ${query.get('stdin')} `) };
    yield { stream: 'stderr' as const, bytes: Buffer.from(await text(stdin)) };
  }
  return { terminal: false, stdin, output: output(), close: () => stdin.destroy() };
}

const server = createServer({
  engine: {} as Engine,
  log: () => undefined,
  operationOf: (route) =>
    route.refused
      ? refusals[route.refused]
      : (operations[route.operation as Operation] ?? assert.fail(route.path)),
});

before(async () => {
  await server.ready();
  await new Promise<void>((resolve) => {
    server.server.listen(socketPath, resolve);
  });
});
after(async () => {
  server.server.closeAllConnections();
  server.server.close();
  rmSync(folder, { recursive: true });
});

interface Answered {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

async function ask(method: string, path: string, body = '', type = 'application/json'): Promise<Answered> {
  return await new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
    const call = request({ socketPath, method, path, headers }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('every answer tells the API version, the system and the server', async () => {
  for (const path of ['/_ping', '/v1.24/_ping', '/nothing', '/v1.99/_ping']) {
    const { headers } = await ask('GET', path);
    assert.equal(headers['api-version'], '1.50', path);
    assert.equal(headers.ostype, 'linux');
    assert.equal(headers['docker-experimental'], 'false');
    assert.match(String(headers.server), /^Pontoon\//);
  }
});

test('a path that is not in the table is not found, in JSON', async () => {
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['DELETE', '/v1.50/_ping'],
    ['GET', '/vx.y/_ping'],
  ] as const) {
    const { status, headers, body } = await ask(method, path);
    assert.deepEqual(
      [status, headers['content-type'], body],
      [404, 'application/json', '{"message":"page not found"}\n'],
    );
  }
});

test('a client of another age is told so', async () => {
  const { status, body } = await ask('GET', '/v1.99/_ping');
  assert.deepEqual(
    [status, JSON.parse(body)],
    [400, { message: 'client version 1.99 is too new. Maximum supported API version is 1.50' }],
  );
});

test('an image’s name may hold slashes, a port and a digest, and comes decoded', async () => {
  const { body } = await ask('GET', '/v1.41/images/reg:5000/a%20b/c@sha256:0/json');
  assert.deepEqual(JSON.parse(body), { name: 'reg:5000/a b/c@sha256:0', version: '1.41' });
});

test('a Fault answers with its status, a defect with 500, nothing to do with 304', async () => {
  const gone = await ask('GET', '/containers/x/json');
  assert.deepEqual([gone.status, gone.body], [404, '{"message":"No such container: x"}\n']);
  const defect = await ask('GET', '/containers/json');
  assert.deepEqual([defect.status, defect.body], [500, '{"message":"a defect"}\n']);
  assert.deepEqual([(await ask('POST', '/containers/x/start')).status], [304]);
});

test('a body that is no JSON is refused, one that is arrives', async () => {
  assert.equal((await ask('POST', '/containers/create', '{"Image":')).status, 400);
  assert.equal((await ask('POST', '/containers/create', 'x=1', 'text/plain')).status, 400);
  assert.equal((await ask('POST', '/containers/create', '{"Image":"a"}')).body, '{"Image":"a"}\n');
});

test('what belongs to a swarm is refused with Docker’s words and 503', async () => {
  for (const path of ['/swarm', '/nodes', '/services', '/tasks/x', '/secrets', '/configs']) {
    const { status, body } = await ask('GET', path);
    assert.equal(status, 503, path);
    assert.match(body, /This node is not a swarm manager\. Use \\"docker swarm init\\" or/);
  }
  assert.equal((await ask('POST', '/session')).status, 501);
  assert.equal((await ask('POST', '/plugins/create')).status, 501);
  assert.equal((await ask('GET', '/plugins/a/b/json')).body, '{"message":"plugin \\"a/b\\" not found"}\n');
});

test('an error before the first progress is an answer, a later one a line', async () => {
  const early = await ask('POST', '/images/create?fromImage=x');
  assert.deepEqual([early.status, early.body], [404, '{"message":"pull access denied"}\n']);
  const late = await ask('POST', '/images/load');
  assert.equal(late.status, 200);
  assert.deepEqual(
    late.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [{ stream: 'half' }, { errorDetail: { message: 'the rest is missing' }, error: 'the rest is missing' }],
  );
});

test('attach upgrades the connection: input and output, and the end of input alone', async () => {
  const client = connectEngine(url);
  const options = { parameters: { id: 'web' }, query: { stdin: 1 } };
  const { socket, contentType } = await client.hijack('ContainerAttach', options);
  assert.equal(contentType, 'application/vnd.docker.multiplexed-stream');
  socket.end('typed');
  let told = '';
  for await (const { stream, bytes } of decodeFrames(socket)) told += `${stream}:${Buffer.from(bytes)}`;
  assert.equal(told, 'stdout:web 1 stderr:typed');
});

test('an upgrade that is refused is an ordinary error', async () => {
  const client = connectEngine(url, { version: '1.99' });
  await assert.rejects(client.hijack('ContainerAttach', { parameters: { id: 'a' } }), /is too new/);
});

test('a request that asks for another protocol is answered as if it had not', async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': '' };
    request({ socketPath, path: '/_ping', headers }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
    })
      .on('error', reject)
      .end();
  });
  assert.equal(answer, 200);
});

test('a client that is cut off in the middle harms nobody', async () => {
  const call = request({
    socketPath,
    method: 'POST',
    path: '/containers/create',
    headers: { 'Content-Type': 'application/json', 'Content-Length': 1000 },
  });
  call.on('error', () => undefined);
  call.write('{"Image":');
  await new Promise((resolve) => setTimeout(resolve, 20));
  call.destroy();
  assert.equal((await ask('GET', '/_ping')).body, 'OK');
});
