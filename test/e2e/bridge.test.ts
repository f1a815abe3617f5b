// What a container finds on the default bridge: addresses, names, files.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { addressOf, inspect, staying } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;

test('the bridge has the first address of its subnet', async () => {
  const text = await engine.host.run(['ip', '-4', '-o', 'address', 'show', engine.bridge]);
  assert.match(text, /inet 172\.17\.0\.1\/16 /);
});

test('addresses are handed out one after the other, and a freed one is not used again at once', async () => {
  const first = await docker('run', '-d', 'busybox', ...staying);
  const second = await docker('run', '-d', 'busybox', ...staying);
  const [a, b] = [await addressOf(engine, first), await addressOf(engine, second)];
  const last = (address: string): number => Number(address.split('.')[3]);
  assert.equal(last(b), last(a) + 1);
  await docker('rm', '-f', second);
  const third = await docker('run', '-d', 'busybox', ...staying);
  const c = await addressOf(engine, third);
  assert.match(c, /^172\.17\.0\.\d+$/);
  assert.notEqual(c, a);
  await docker('rm', '-f', first, third);
});

test('a stopped container gives its address back, and gets one again at start', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  await docker('stop', id);
  assert.equal(await addressOf(engine, id), '');
  await docker('start', id);
  assert.match(await addressOf(engine, id), /^172\.17\.0\.\d+$/);
  await docker('rm', '-f', id);
});

test('inspect says what the container sees', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  const address = await addressOf(engine, id);
  const link = await docker('exec', id, 'ip', 'address', 'show', 'eth0');
  assert.ok(link.includes(`inet ${address}/16 brd 172.17.255.255 scope global eth0`));
  const mac = await inspect(engine, id, '{{.NetworkSettings.MacAddress}}');
  assert.ok(link.includes(`link/ether ${mac} `));
  assert.equal(await inspect(engine, id, '{{.NetworkSettings.Gateway}}'), '172.17.0.1');
  assert.equal(await inspect(engine, id, '{{.NetworkSettings.IPPrefixLen}}'), '16');
  const network = await inspect(
    engine,
    id,
    '{{with .NetworkSettings.Networks.bridge}}{{.IPAddress}} {{.Gateway}} {{.MacAddress}}{{end}}',
  );
  assert.equal(network, `${address} 172.17.0.1 ${mac}`);
  await docker('rm', '-f', id);
});

test('the MAC address is made from the IP address', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  const bytes = (await addressOf(engine, id))
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'));
  assert.equal(
    await inspect(engine, id, '{{.NetworkSettings.MacAddress}}'),
    ['02', '42', ...bytes].join(':'),
  );
  await docker('rm', '-f', id);
});

test('--mac-address is what eth0 has', pontoonOnly('docker 28 asks for API 1.44'), async () => {
  const text = await docker(
    'run',
    '--rm',
    '--mac-address',
    '02:42:ac:aa:bb:cc',
    'busybox',
    'cat',
    '/sys/class/net/eth0/address',
  );
  assert.equal(text, '02:42:ac:aa:bb:cc');
});

test('the hosts file names localhost and the container', async () => {
  const id = await docker(
    'run',
    '-d',
    '--hostname',
    'larch',
    '--add-host',
    'oak:203.0.113.9',
    'busybox',
    ...staying,
  );
  const address = await addressOf(engine, id);
  const lines = (await docker('exec', id, 'cat', '/etc/hosts')).split('\n');
  assert.ok(lines.includes('127.0.0.1\tlocalhost'));
  assert.ok(lines.includes('203.0.113.9\toak'));
  assert.ok(lines.includes(`${address}\tlarch`));
  await docker('rm', '-f', id);
});

test('--add-host NAME:host-gateway is the address of the bridge', async () => {
  const text = await docker('run', '--rm', '--add-host', 'gate:host-gateway', 'busybox', 'cat', '/etc/hosts');
  assert.match(text, /^172\.17\.0\.1\tgate$/m);
});

test('the host name is the short id, or what --hostname says', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  assert.equal(await docker('exec', id, 'hostname'), id.slice(0, 12));
  assert.equal(await docker('exec', id, 'cat', '/etc/hostname'), id.slice(0, 12));
  await docker('rm', '-f', id);
  assert.equal(await docker('run', '--rm', '--hostname', 'larch', 'busybox', 'hostname'), 'larch');
  const full = await docker(
    'run',
    '--rm',
    '--hostname',
    'larch',
    '--domainname',
    'example.org',
    'busybox',
    'cat',
    '/etc/hosts',
  );
  assert.match(full, /\tlarch\.example\.org larch$/m);
});

test('resolv.conf is made from --dns, --dns-search and --dns-option', async () => {
  const flags = [
    '--dns',
    '203.0.113.53',
    '--dns',
    '203.0.113.54',
    '--dns-search',
    'example.org',
    '--dns-option',
    'ndots:3',
  ];
  const text = await docker('run', '--rm', ...flags, 'busybox', 'cat', '/etc/resolv.conf');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(lines.toSorted(), [
    'nameserver 203.0.113.53',
    'nameserver 203.0.113.54',
    'options ndots:3',
    'search example.org',
  ]);
});

test('resolv.conf never names a server on loopback', async () => {
  const text = await docker('run', '--rm', 'busybox', 'cat', '/etc/resolv.conf');
  assert.match(text, /^nameserver /m);
  assert.doesNotMatch(text, /^nameserver (127\.|::1)/m);
});

test('what a container writes to its hosts file stays until it ends, and is its own', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  await docker('exec', id, 'sh', '-c', 'echo 203.0.113.7 elm >>/etc/hosts');
  assert.match(await docker('exec', id, 'cat', '/etc/hosts'), /203\.0\.113\.7 elm/);
  assert.doesNotMatch(await docker('run', '--rm', 'busybox', 'cat', '/etc/hosts'), /elm/);
  await docker('rm', '-f', id);
});

test('a container that went leaves nothing behind', async () => {
  await docker('run', '--rm', 'busybox', 'true');
  await leavesNothing(engine, async () => {
    await docker('run', '--rm', '-p', '9090:90', '--tmpfs', '/cache', 'busybox', 'true');
    const id = await docker('run', '-d', '-p', '9091-9099:91-99/udp', 'busybox', ...staying);
    await docker('rm', '-f', id);
  });
});
