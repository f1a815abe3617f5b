// Containers that join and leave networks while they live.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { fetchFrom, inspect, removeContainers, staying, webServer } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});

const addressOn = (id: string, network: string): Promise<string> =>
  inspect(engine, id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
const ipam = async (network: string): Promise<string> =>
  docker('network', 'inspect', '-f', '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}}', network);

describe('connect and disconnect', () => {
  test('a running container gets another interface, and loses it again', async () => {
    await docker('network', 'create', 'more');
    const id = await docker('run', '-d', 'busybox', ...staying);
    await leavesNothing(engine, async () => {
      await docker('network', 'connect', '--ip', '172.18.0.99', 'more', id).catch(async (error: Error) => {
        // Without --subnet an address cannot be asked for.
        assert.match(error.message, /user configured subnets/);
        await docker('network', 'connect', 'more', id);
      });
      const addresses = await docker('exec', id, 'ip', '-o', '-4', 'address');
      assert.match(addresses, /eth0 .*172\.17\.[\s\S]*eth1 /);
      assert.ok(addresses.includes(`inet ${await addressOn(id, 'more')}/`));
      assert.match(await docker('exec', id, 'ip', 'route'), /^default via 172\.17\.0\.1 dev eth0/);
      await docker('network', 'disconnect', 'more', id);
    });
    assert.doesNotMatch(await docker('exec', id, 'ip', '-o', '-4', 'address'), /eth1/);
  });

  test('a container that does not run has it at its start', async () => {
    await docker('network', 'create', 'later');
    const id = await docker('create', 'busybox', ...staying);
    await docker('network', 'connect', 'later', id);
    await docker('start', id);
    const check = async (): Promise<void> => {
      const addresses = await docker('exec', id, 'ip', '-o', '-4', 'address', 'show', 'eth1');
      assert.ok(addresses.includes(`inet ${await addressOn(id, 'later')}/`));
    };
    await check();
    await docker('restart', '-t', '0', id);
    await check();
  });

  test('the default route moves to what is left', async () => {
    await docker('network', 'create', 'stays');
    const id = await docker('run', '-d', 'busybox', ...staying);
    await docker('network', 'connect', 'stays', id);
    await docker('network', 'disconnect', 'bridge', id);
    const gateway = (await ipam('stays')).split(' ')[1];
    assert.ok((await docker('exec', id, 'ip', 'route')).startsWith(`default via ${gateway} dev eth1`));
    assert.match(
      await docker('exec', id, 'ping', '-c', '1', '-W', '10', '198.51.100.1'),
      /1 packets received/,
    );
  });

  test('published ports stay when another network joins', async () => {
    await docker('network', 'create', 'joins');
    const id = await docker('run', '-d', '--hostname', 'web', '-p', '8080:80', 'busybox', ...webServer());
    await docker('network', 'connect', 'joins', id);
    assert.equal(await fetchFrom(engine.outside, '198.51.100.2:8080'), 'web 198.51.100.1');
    await docker('network', 'disconnect', 'joins', id);
    assert.equal(await fetchFrom(engine.outside, '198.51.100.2:8080'), 'web 198.51.100.1');
  });

  test('twice, and from where it is not, is refused', async () => {
    await docker('network', 'create', 'once');
    const id = await docker('run', '-d', '--name', 'one', '--network', 'once', 'busybox', ...staying);
    const again = await engine.attempt(['network', 'connect', 'once', id]);
    assert.match(again.stderr, /endpoint with name one already exists in network once/);
    const absent = await engine.attempt(['network', 'disconnect', 'bridge', id]);
    assert.match(absent.stderr, /is not connected to (the )?network bridge/);
  });

  test('host, none and container mode cannot be joined by others', async () => {
    await docker('network', 'create', 'any');
    const onHost = await docker('run', '-d', '--network', 'host', 'busybox', ...staying);
    const first = await engine.attempt(['network', 'connect', 'any', onHost]);
    assert.match(first.stderr, /container sharing network namespace with (another container or )?host/);
    const joined = await docker('run', '-d', '--network', `container:${onHost}`, 'busybox', ...staying);
    const second = await engine.attempt(['network', 'connect', 'any', joined]);
    assert.match(second.stderr, /container sharing network namespace with another container or host/);
    const none = await docker('run', '-d', '--network', 'none', 'busybox', ...staying);
    const third = await engine.attempt(['network', 'connect', 'any', none]);
    assert.match(
      third.stderr,
      /container cannot be connected to multiple networks with one of the networks in private \(none\) mode/,
    );
  });
});
