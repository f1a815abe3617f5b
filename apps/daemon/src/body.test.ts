import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { readJson } from './body.ts';
import { sendFailure } from './failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-body-'));
const socketPath = join(folder, 's');
const server = createServer((incoming, response) => {
  readJson<object>(incoming).then(
    (value) => response.end(JSON.stringify(value)),
    (error: unknown) => sendFailure(response, error),
  );
});

before(
  () =>
    new Promise<void>((resolve) => {
      server.listen(socketPath, resolve);
    }),
);
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function send(body: string | Buffer, type = 'application/json'): Promise<[number | undefined, string]> {
  return await new Promise((resolve, reject) => {
    const headers = {
      ...(type !== '' && { 'Content-Type': type }),
      'Content-Length': Buffer.byteLength(body),
    };
    const call = request({ socketPath, method: 'POST', headers }, async (answer) => {
      const { message } = JSON.parse(await text(answer)) as { message?: string };
      resolve([answer.statusCode, message ?? 'fine']);
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('an object is read, with a charset in its type too', async () => {
  assert.deepEqual(await send('{"a":1}', 'application/json; charset=utf-8'), [200, 'fine']);
});

test('what is no JSON is refused with 400 and the words of Go’s decoder', async () => {
  assert.deepEqual(await send('hello'), [
    400,
    "invalid JSON: invalid character 'h' looking for beginning of value",
  ]);
  assert.deepEqual(await send('{"a":'), [400, 'invalid JSON: unexpected EOF']);
  assert.deepEqual(await send('{"a":1'), [400, 'invalid JSON: unexpected EOF']);
  assert.deepEqual(await send(''), [400, 'invalid JSON: got EOF while reading request body']);
  assert.match((await send('[1]'))[1], /cannot unmarshal array into Go value/);
  assert.match((await send('"text"'))[1], /cannot unmarshal string into Go value/);
});

test('another content type is refused', async () => {
  assert.deepEqual(await send('a=b', 'text/plain'), [
    400,
    "unsupported Content-Type header (text/plain): must be 'application/json'",
  ]);
  assert.equal((await send('{}', ''))[0], 400);
});

test('a body of 100 MB is refused before it is read', async () => {
  const answer = await new Promise<[number | undefined, string]>((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 100 * 1024 * 1024 };
    const call = request({ socketPath, method: 'POST', headers }, async (incoming) => {
      resolve([incoming.statusCode, await text(incoming)]);
    });
    call.on('error', reject);
    call.write('{"a":"');
  });
  assert.deepEqual(answer, [400, '{"message":"http: request body too large"}\n']);
});

test('a body without a length is cut at the limit as well', async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    const call = request({ socketPath, method: 'POST', headers }, (incoming) => resolve(incoming.statusCode));
    call.on('error', reject);
    for (let sent = 0; sent < 6; sent++) call.write(Buffer.alloc(1024 * 1024, 0x20));
  });
  assert.equal(answer, 400);
});
