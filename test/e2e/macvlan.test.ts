// Containers on the wire of the host: macvlan, and ipvlan where the kernel has it.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { fetchFrom, fetchIn, inspect, removeContainers, staying, webServer } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker, outside } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});
const flags = ['--subnet', '198.51.100.0/24', '--ip-range', '198.51.100.128/25', '--gateway', '198.51.100.1'];

test('a macvlan container is a machine on the wire: the outside reaches it without NAT', async () => {
  await docker('network', 'create', '-d', 'macvlan', ...flags, '-o', 'parent=uplink0', 'wire');
  const id = await docker('run', '-d', '--hostname', 'web', '--network', 'wire', 'busybox', ...webServer());
  const address = await inspect(engine, id, '{{.NetworkSettings.Networks.wire.IPAddress}}');
  assert.match(address, /^198\.51\.100\.(12[89]|1[3-9]\d|2\d\d)$/);
  assert.equal(await fetchFrom(outside, address), 'web 198.51.100.1');
  assert.match(await docker('exec', id, 'ping', '-c', '1', '-W', '10', '198.51.100.1'), /1 packets received/);
});

test('two of them reach each other by name and address', async () => {
  await docker('network', 'create', '-d', 'macvlan', ...flags, '-o', 'parent=uplink0', 'wire');
  await docker('run', '-d', '--name', 'web', '--network', 'wire', 'busybox', ...webServer());
  const b = await docker('run', '-d', '--network', 'wire', 'busybox', ...staying);
  assert.match(await fetchIn(engine, b, 'web:80'), / 198\.51\.100\./);
});

test(
  'without a parent the network is internal',
  pontoonOnly('needs the dummy driver of the kernel'),
  async () => {
    await docker('network', 'create', '-d', 'macvlan', '--internal', '--subnet', '10.9.0.0/24', 'inner');
    const a = await docker('run', '-d', '--name', 'web', '--network', 'inner', 'busybox', ...webServer());
    const b = await docker('run', '-d', '--network', 'inner', 'busybox', ...staying);
    assert.match(
      await fetchIn(
        engine,
        b,
        `${await inspect(engine, a, '{{.NetworkSettings.Networks.inner.IPAddress}}')}`,
      ),
      /./,
    );
  },
);

test('a parent that is not there, and a mode that is none, are refused', async () => {
  await leavesNothing(engine, async () => {
    const mode = await engine.attempt([
      'network',
      'create',
      '-d',
      'macvlan',
      ...flags,
      '-o',
      'parent=uplink0',
      '-o',
      'macvlan_mode=odd',
      'bad',
    ]);
    assert.equal(mode.code, 1);
    assert.match(
      mode.stderr,
      /macvlan mode 'odd' is not valid|unknown macvlan mode|requested macvlan mode 'odd' is not valid/,
    );
  });
});

test('it goes and leaves nothing', async () => {
  await leavesNothing(engine, async () => {
    await docker('network', 'create', '-d', 'macvlan', ...flags, '-o', 'parent=uplink0', 'gone');
    await docker('run', '--rm', '--network', 'gone', 'busybox', 'true');
    await docker('network', 'rm', 'gone');
  });
});
