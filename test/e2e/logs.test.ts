// What a container writes is kept, and read back as Docker reads it.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { removeContainers } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;

async function ended(...argv: string[]): Promise<string> {
  const id = await docker('run', '-d', ...argv);
  await docker('wait', id);
  return id;
}

test('stdout and stderr come back apart', async () => {
  const id = await ended('busybox', 'sh', '-c', 'echo out; echo err >&2');
  const { stdout, stderr } = await engine.attempt(['logs', id]);
  assert.deepEqual([stdout, stderr], ['out\n', 'err\n']);
});

test('what is written is kept to the byte, also without a last line feed', async () => {
  const id = await ended('busybox', 'printf', 'a\\n\\n  b\\tc');
  assert.equal((await engine.attempt(['logs', id])).stdout, 'a\n\n  b\tc');
});

test('a line of 100000 characters comes back whole', async () => {
  const id = await ended('busybox', 'sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x; echo; echo end');
  const { stdout } = await engine.attempt(['logs', id]);
  assert.equal(stdout.length, 100005);
  assert.ok(stdout.endsWith('x\nend\n'));
});

test('--tail gives the last lines', async () => {
  const id = await ended('busybox', 'seq', '100');
  assert.equal(await docker('logs', '--tail', '2', id), '99\n100');
  assert.equal(await docker('logs', '--tail', '0', id), '');
  assert.equal((await docker('logs', '--tail', 'all', id)).split('\n').length, 100);
});

test('--timestamps puts the time before each line', async () => {
  const id = await ended('busybox', 'echo', 'hello');
  assert.match(await docker('logs', '-t', id), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z hello$/);
});

test('--since and --until cut by time', async () => {
  const id = await ended('busybox', 'sh', '-c', 'echo first; sleep 1.1; echo second');
  const line = await docker('logs', '-t', '--tail', '1', id);
  const stamp = line.split(' ')[0] ?? '';
  assert.equal(await docker('logs', '--since', stamp, id), 'second');
  const before = new Date(Date.parse(stamp) - 500).toISOString();
  assert.equal(await docker('logs', '--until', before, id), 'first');
});

test('-f follows until the container ends', async () => {
  const id = await docker(
    'run',
    '-d',
    'busybox',
    'sh',
    '-c',
    'echo one; until [ -e /go ]; do sleep 0.1; done; echo two',
  );
  const following = engine.attempt(['logs', '-f', id]);
  await docker('exec', id, 'touch', '/go');
  assert.equal((await following).stdout, 'one\ntwo\n');
});

test('logs of a running container are what it wrote so far', async () => {
  const id = await docker('run', '-d', 'busybox', 'sh', '-c', 'echo so far; sleep 1000');
  await until('the first line', async () => (await docker('logs', id)) === 'so far');
});

test('a restart appends to the log', async () => {
  const id = await ended('busybox', 'echo', 'again');
  await docker('start', id);
  await docker('wait', id);
  assert.equal(await docker('logs', id), 'again\nagain');
});

test('with a terminal there is one stream, with its line ends', async () => {
  const id = await ended('-t', 'busybox', 'sh', '-c', 'echo out; echo err >&2');
  assert.equal((await engine.attempt(['logs', id])).stdout, 'out\r\nerr\r\n');
});

test('ten thousand lines come in order', async () => {
  const id = await ended('busybox', 'seq', '10000');
  const { stdout } = await engine.attempt(['logs', id]);
  assert.equal(stdout, Array.from({ length: 10000 }, (_, index) => `${index + 1}\n`).join(''));
});
