// More processes in a container that runs, and attaching to the first one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine({ contract: true });
after(() => engine.close());
const { docker } = engine;
const target = await docker(
  'run',
  '-d',
  '--name',
  'target',
  '-e',
  'TREE=oak',
  '-w',
  '/tmp',
  'busybox',
  ...staying,
);

test('exec runs in the namespaces, with the environment and in the folder of the container', async () => {
  assert.equal(await docker('exec', target, 'hostname'), target.slice(0, 12));
  assert.equal(await docker('exec', target, 'sh', '-c', 'echo $TREE; pwd'), 'oak\n/tmp');
  assert.match(await docker('exec', target, 'ps'), /trap "exit 0" TERM/);
});

test('its exit code is the answer', async () => {
  assert.equal((await engine.attempt(['exec', target, 'sh', '-c', 'exit 42'])).code, 42);
  assert.equal((await engine.attempt(['exec', target, 'sh', '-c', 'kill -9 $$'])).code, 137);
});

test('a command that is not there or not executable is 127 or 126', async () => {
  const missing = await engine.attempt(['exec', target, 'no-such-command']);
  assert.ok([126, 127].includes(missing.code), `${missing.code}`);
  assert.match(missing.stdout + missing.stderr, /"no-such-command": executable file not found in \$PATH/);
  assert.equal((await engine.attempt(['exec', target, '/etc/passwd'])).code, 126);
});

test('-e, -w and -u are for this process', async () => {
  assert.equal(
    await docker(
      'exec',
      '-e',
      'A=1',
      '-w',
      '/etc',
      '-u',
      'nobody',
      target,
      'sh',
      '-c',
      'echo $A; pwd; id -u',
    ),
    '1\n/etc\n65534',
  );
});

test(
  '--privileged has what the engine itself has',
  pontoonOnly('fails where root lacks a capability'),
  async () => {
    const text = await docker('exec', '--privileged', target, 'grep', 'CapEff', '/proc/self/status');
    const sysAdmin = 1n << 21n; // linux/capability.h
    assert.ok((BigInt(`0x${text.split('\t')[1]}`) & sysAdmin) !== 0n, text);
  },
);

test('-i carries stdin to its end', async () => {
  const { stdout } = await engine.attempt(['exec', '-i', target, 'sort'], { input: 'b\na\nc\n' });
  assert.equal(stdout, 'a\nb\nc\n');
});

test('stdout and stderr come apart', async () => {
  const { stdout, stderr } = await engine.attempt(['exec', target, 'sh', '-c', 'echo out; echo err >&2']);
  assert.deepEqual([stdout, stderr], ['out\n', 'err\n']);
});

test('a megabyte goes in and comes out', async () => {
  const input = 'pontoon\n'.repeat(131072);
  const { stdout } = await engine.attempt(['exec', '-i', target, 'cat'], { input });
  assert.equal(stdout.length, input.length);
  assert.ok(stdout === input);
});

test('-d leaves it running', async () => {
  await docker('exec', '-d', target, 'sh', '-c', 'echo done >/tmp/mark');
  await until('the mark', async () => (await docker('exec', target, 'cat', '/tmp/mark')) === 'done');
});

test('exec in what does not run is refused', async () => {
  const id = await docker('create', 'busybox');
  const { code, stderr } = await engine.attempt(['exec', id, 'true']);
  assert.equal(code, 1);
  assert.match(stderr, /is not running/);
  await docker('rm', id);
});

test('exec in a paused container is refused', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  await docker('pause', id);
  const { code, stderr } = await engine.attempt(['exec', id, 'true']);
  assert.equal(code, 1);
  assert.match(stderr, /is paused/);
  await docker('rm', '-f', id);
});

test('run -i gives the container stdin, and its end', async () => {
  const { code, stdout } = await engine.attempt(['run', '--rm', '-i', 'busybox', 'wc', '-c'], {
    input: 'x'.repeat(70000),
  });
  assert.deepEqual([code, stdout.trim()], [0, '70000']);
});

test('run without -i has an empty stdin', async () => {
  assert.equal((await engine.attempt(['run', '--rm', 'busybox', 'cat'], { input: 'not seen' })).stdout, '');
});

test('attach sees what comes, and ends with the exit code', async () => {
  const id = await docker('create', '-i', 'busybox', 'sh', '-c', 'read x; echo "got $x"; exit 9');
  await docker('start', id);
  const { code, stdout } = await engine.attempt(['attach', id], { input: 'word\n' });
  assert.deepEqual([code, stdout], [9, 'got word\n']);
  await docker('rm', id);
});

test('start -a shows all from the first byte', async () => {
  const id = await docker('create', 'busybox', 'sh', '-c', 'echo first; echo second >&2; exit 3');
  const { code, stdout, stderr } = await engine.attempt(['start', '-a', id]);
  assert.deepEqual([code, stdout, stderr], [3, 'first\n', 'second\n']);
  await docker('rm', id);
});

test('twenty at once each get their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => docker('exec', target, 'echo', `${index}`)),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 20 }, (_, index) => `${index}`),
  );
});

test('each answer to all of this was as the API describes it', () => {
  assert.deepEqual([...(engine.contract?.deviations ?? [])], []);
});
