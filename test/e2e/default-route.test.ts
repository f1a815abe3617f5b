// Which of a container's networks leads to the outside, and how large what goes there may be.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker, host } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});

/** By the host's `ip`: that of busybox shows no MTU. */
async function routesOf(id: string, which: string): Promise<string> {
  const pid = await inspect(engine, id, '{{.State.Pid}}');
  return (await host.run(['nsenter', `--net=/proc/${pid}/ns/net`, 'ip', 'route', 'show', which])).trim();
}
const routeOf = (id: string): Promise<string> => routesOf(id, 'default');
const gatewayOf = (network: string): Promise<string> =>
  docker('network', 'inspect', '-f', '{{range .IPAM.Config}}{{.Gateway}}{{end}}', network);
const leadsBy = async (id: string, network: string): Promise<void> =>
  assert.match(await routeOf(id), new RegExp(`^default via ${await gatewayOf(network)} `));

describe('of several networks', () => {
  test('the first by name has the default route, whichever came first; it goes on when that one goes', async () => {
    await docker('network', 'create', 'birch');
    await docker('network', 'create', 'ash');
    const id = await docker('run', '-d', '--network', 'birch', 'busybox', ...staying);
    await leadsBy(id, 'birch');
    await docker('network', 'connect', 'ash', id);
    await leadsBy(id, 'ash');
    await docker('restart', '-t', '0', id);
    await leadsBy(id, 'ash');
    await docker('network', 'disconnect', 'ash', id);
    await leadsBy(id, 'birch');
  });

  test('one that leads outside goes before an internal one', async () => {
    await docker('network', 'create', 'birch');
    await docker('network', 'create', '--internal', 'ash');
    const id = await docker('run', '-d', '--network', 'ash', 'busybox', ...staying);
    await docker('network', 'connect', 'birch', id);
    await leadsBy(id, 'birch');
  });

  test(
    'a higher --gw-priority goes before the name',
    pontoonOnly('priorities came with docker 28'),
    async () => {
      await docker('network', 'create', 'birch');
      await docker('network', 'create', 'ash');
      const flags = ['--network', 'ash', '--network', 'name=birch,gw-priority=1'];
      const id = await docker('run', '-d', ...flags, 'busybox', ...staying);
      await leadsBy(id, 'birch');
      await docker('network', 'disconnect', 'ash', id);
      await docker('network', 'connect', '--gw-priority', '2', 'ash', id);
      await leadsBy(id, 'ash');
    },
  );
});

describe('the way out', pontoonOnly('dockerd has one MTU for all'), () => {
  const mtu = (id: string) => docker('exec', id, 'cat', '/sys/class/net/eth0/mtu');

  test('has the MTU of the uplink, and the way to neighbours a larger one', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    assert.equal(await mtu(id), '9000');
    assert.match(await routeOf(id), /mtu 1500/);
    assert.doesNotMatch(await routesOf(id, '172.17.0.0/16'), /mtu/);
  });

  test('is like any other where the network has an MTU of its own', async () => {
    await docker('network', 'create', '-o', 'com.docker.network.driver.mtu=1500', 'birch');
    const id = await docker('run', '-d', '--network', 'birch', 'busybox', ...staying);
    assert.equal(await mtu(id), '1500');
    assert.doesNotMatch(await routeOf(id), /mtu/);
  });
});
