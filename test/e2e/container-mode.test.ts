// Container mode: what is refused, and what becomes of the two when one of them goes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { inspect, staying } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;
const owner = await docker('run', '-d', '--name', 'owner', 'busybox', ...staying);

async function refused(code: number, text: RegExp, ...argv: string[]): Promise<void> {
  await leavesNothing(engine, async () => {
    const result = await engine.attempt(['run', '--rm', ...argv, 'busybox', 'true']);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, text);
  });
}

test('a target that is missing is refused', async () => {
  await refused(125, /No such container: nobody/, '--network=container:nobody');
});

test('a target that does not run is refused', async () => {
  await docker('create', '--name', 'stopped', 'busybox', ...staying);
  await refused(125, /cannot join network of a non running container/, '--network=container:stopped');
  await docker('rm', 'stopped');
});

test('a container cannot join itself', async () => {
  await refused(
    125,
    /cannot join own network|No such container: me/,
    '--name',
    'me',
    '--network=container:me',
  );
});

test('a target without a name is refused', async () => {
  await refused(
    125,
    /invalid container format container:<name\|id>|Invalid network mode/i,
    '--network=container:',
  );
});

for (const [flags, text] of [
  [['-p', '8080:80'], /conflicting options: port publishing and the container type network mode/],
  [['-P'], /conflicting options: port publishing and the container type network mode/],
  [['--expose', '80'], /conflicting options: port exposing and the container type network mode/],
  [['--hostname', 'x'], /conflicting options: hostname and the network mode/],
  [['--dns', '203.0.113.53'], /conflicting options: dns and the network mode/],
  [['--add-host', 'x:203.0.113.1'], /conflicting options: custom host-to-IP mapping and the network mode/],
  [['--mac-address', '02:42:ac:11:00:99'], /conflicting options: mac-address and the network mode/],
] as const) {
  const possible = flags[0] === '--mac-address' ? pontoonOnly('docker 28 asks for API 1.44') : {};
  test(`${flags[0]} belongs to the owner of the network and is refused`, possible, async () => {
    await refused(125, text, '--network=container:owner', ...flags);
  });
}

test('a joined container has no network of its own in inspect', async () => {
  const id = await docker('run', '-d', '--network=container:owner', 'busybox', ...staying);
  assert.equal(await inspect(engine, id, '{{.NetworkSettings.IPAddress}}'), '');
  assert.equal(await inspect(engine, id, '{{len .NetworkSettings.Networks}}'), '0');
  assert.equal(await inspect(engine, id, '{{.HostConfig.NetworkMode}}'), `container:${owner}`);
  await docker('rm', '-f', id);
});

test('an end of the joined container leaves the network of the owner as it was', async () => {
  const look = (): Promise<string> => docker('exec', 'owner', 'ip', '-o', 'address', 'show', 'eth0');
  const before = await look();
  await docker('run', '--rm', '--network=container:owner', 'busybox', 'true');
  assert.equal(await look(), before);
});

test('the network lives on in the joined container when its owner ends', async () => {
  const first = await docker('run', '-d', 'busybox', ...staying);
  const second = await docker('run', '-d', `--network=container:${first}`, 'busybox', ...staying);
  await docker('stop', '-t', '0', first);
  assert.match(await docker('exec', second, 'ifconfig', 'lo'), /127\.0\.0\.1/);
  const { code, stderr } = await engine.attempt(['restart', '-t', '0', second]);
  assert.notEqual(code, 0);
  assert.match(stderr, /cannot join network of a non running container/);
  await docker('rm', '-f', first, second);
});

test('a container can join one that itself joined another', async () => {
  const second = await docker('run', '-d', '--network=container:owner', 'busybox', ...staying);
  const strip = (text: string): string => text.replaceAll(/^ +[RT]X .*$/gm, '');
  const third = await docker('run', '--rm', `--network=container:${second}`, 'busybox', 'ifconfig', 'eth0');
  assert.equal(strip(third), strip(await docker('exec', 'owner', 'ifconfig', 'eth0')));
  await docker('rm', '-f', second);
});
