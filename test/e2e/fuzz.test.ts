// Requests that no client sends: `npm run fuzz` goes on for longer.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { fuzz } from '../fuzz/run.ts';

const engine = await openEngine();
after(() => engine.close());

test(
  'whatever is sent, errors are Docker’s and the daemon lives',
  pontoonOnly('it is the oracle of answers, not of requests'),
  async (context) => {
    const seed = Number(process.env.PONTOON_FUZZ_SEED ?? 20261129);
    const until_ms = performance.now() + 20_000;
    const { sent, byStatus, wrong } = await fuzz(engine, { seed, requests: 600, until_ms });
    context.diagnostic(`seed ${seed}: ${sent} requests, ${JSON.stringify(byStatus)}`);
    assert.deepEqual(wrong, []);
  },
);

/** Sends these parts one by one, ends its half where told to, and gives back all that is answered. */
function speak(parts: string[], o: { leave?: boolean } = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(engine.socket);
    socket.setEncoding('utf8').on('data', (text) => (answer += text));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    const next = (): void => {
      const part = parts.shift();
      if (part !== undefined) socket.write(part, () => setImmediate(next));
      else if (o.leave) socket.destroy();
    };
    next();
  });
}

const head = (length: number): string =>
  `POST /v1.41/containers/create?name=slow HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

test('a body that comes byte by byte is one body', async () => {
  const body = JSON.stringify({ Image: 'busybox', Cmd: ['true'] });
  const answer = await speak([head(body.length), ...body]);
  assert.match(answer, /^HTTP\/1\.1 201 /);
  await engine.docker('rm', 'slow');
});

test('a body that is far too large is refused before it comes', pontoonOnly('it waits for it'), async () => {
  // The head says it all; bytes on their way while the daemon closes would only break the client's pipe.
  const answer = await speak([head(2 ** 33)]);
  assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*\{"message":"http: request body too large"\}/);
});

test('a client that leaves in the middle of its body leaves nothing', async () => {
  await speak([head(1000), '{"Image":'], { leave: true });
  assert.equal((await engine.attempt(['inspect', 'slow'])).code, 1);
});
