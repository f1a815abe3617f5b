// none mode and the network made by hand: what pipework does, as a verb.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { isOracle, openEngine } from '../engine.ts';
import { fetchFrom, inspect, removeContainers, staying, webServer } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

describe('network attach', { skip: isOracle && 'dockerd has no such verb' }, async () => {
  if (isOracle) return;
  const engine = await openEngine();
  after(() => engine.close());
  afterEach(() => removeContainers(engine));
  const { docker, pontoon, host } = engine;

  test('gives a container in none mode an interface on a bridge of its own, with address, gateway and MAC', async () => {
    const id = await docker('run', '-d', '--network=none', 'busybox', ...webServer());
    const flags = [
      '--bridge',
      'br1',
      '--interface',
      'eth1',
      '--address',
      '192.168.1.1/24@192.168.1.254',
      '--mac',
      '02:00:00:00:01:01',
    ];
    await pontoon('network', 'attach', id, ...flags);
    const link = await docker('exec', id, 'ip', 'address', 'show', 'eth1');
    assert.match(link, /link\/ether 02:00:00:00:01:01/);
    assert.match(link, /inet 192\.168\.1\.1\/24/);
    assert.match(await docker('exec', id, 'ip', 'route'), /^default via 192\.168\.1\.254 dev eth1/);
    await host.run(['ip', 'address', 'add', '192.168.1.254/24', 'dev', 'br1']);
    assert.match(await fetchFrom(host, '192.168.1.1'), / 192\.168\.1\.254$/);
  });

  test('two containers on the same bridge reach each other', async () => {
    const a = await docker('run', '-d', '--network=none', 'busybox', ...staying);
    const b = await docker('run', '-d', '--network=none', 'busybox', ...staying);
    await pontoon('network', 'attach', a, '--bridge', 'br2', '--address', '192.168.2.1/24');
    await pontoon('network', 'attach', b, '--bridge', 'br2', '--address', '192.168.2.2/24');
    assert.match(await docker('exec', a, 'ping', '-c', '1', '-W', '10', '192.168.2.2'), /1 packets received/);
    assert.match(await docker('exec', a, 'ip', '-o', 'link'), /eth0@/);
  });

  test('works for a container in bridge mode too, beside its eth0', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    await pontoon('network', 'attach', id, '--bridge', 'br3', '--address', '192.168.3.1/24');
    assert.match(
      await docker('exec', id, 'ip', '-o', 'address'),
      /eth0 .*172\.17\.[\s\S]*eth1 .*192\.168\.3\.1\/24/,
    );
    assert.match(await docker('exec', id, 'ip', 'route'), /^default via 172\.17\.0\.1 dev eth0/);
  });

  test('its undo takes the interface away, and the bridge that was made for it', async () => {
    const id = await docker('run', '-d', '--network=none', 'busybox', ...staying);
    await leavesNothing(engine, async () => {
      await pontoon(
        'network',
        'attach',
        id,
        '--bridge',
        'br4',
        '--interface',
        'eth7',
        '--address',
        '192.168.4.1/24',
      );
      await pontoon('network', 'detach', id, 'eth7');
    });
    assert.doesNotMatch(await docker('exec', id, 'ip', '-o', 'link'), /eth7/);
  });

  test('a bridge that the user made is used, and never removed', async () => {
    await host.run(['ip', 'link', 'add', 'mine0', 'type', 'bridge']);
    await host.run(['ip', 'link', 'set', 'mine0', 'up']);
    const id = await docker('run', '-d', '--network=none', 'busybox', ...staying);
    await pontoon('network', 'attach', id, '--bridge', 'mine0', '--address', '192.168.5.1/24');
    assert.notEqual(await host.run(['ip', '-o', 'link', 'show', 'master', 'mine0']), '');
    await docker('rm', '-f', id);
    assert.match(await host.run(['ip', '-o', 'link', 'show', 'mine0']), /mine0/);
    await host.run(['ip', 'link', 'del', 'mine0']);
  });

  test('is shown by inspect, survives the daemon, and goes with the container', async () => {
    const id = await docker('run', '-d', '--network=none', 'busybox', ...staying);
    await leavesNothing(engine, async () => {
      const other = await docker('run', '-d', '--network=none', 'busybox', ...staying);
      await pontoon('network', 'attach', other, '--bridge', 'br6', '--address', '192.168.6.1/24');
      assert.match(await pontoon('inspect', other), /192\.168\.6\.1\/24/);
      await engine.kill();
      await engine.start();
      assert.match(await pontoon('inspect', other), /192\.168\.6\.1\/24/);
      assert.match(await docker('exec', other, 'ip', '-o', 'address'), /192\.168\.6\.1\/24/);
      await docker('rm', '-f', other);
    });
    assert.equal(await inspect(engine, id, '{{.State.Running}}'), 'true');
  });

  for (const [title, flags, text] of [
    ['an address that is none', ['--bridge', 'br8', '--address', '192.168.8.300/24'], /invalid|address/i],
    [
      'an address without a length',
      ['--bridge', 'br8', '--address', '192.168.8.1'],
      /prefix|length|invalid/i,
    ],
    ['a MAC address that is none', ['--bridge', 'br8', '--mac', 'zz'], /mac/i],
    ['a bridge name that is too long', ['--bridge', 'a-name-past-fifteen'], /15|name|invalid/i],
    ['a link that is no bridge', ['--bridge', 'uplink0'], /not a bridge|bridge/i],
    [
      'an interface that is there already',
      ['--bridge', 'br8', '--interface', 'lo'],
      /exists|in use|already/i,
    ],
  ] as const) {
    test(`refuses ${title}, and leaves nothing`, async () => {
      const id = await docker('run', '-d', '--network=none', 'busybox', ...staying);
      await leavesNothing(engine, async () => {
        const { code, stderr } = await engine.attemptPontoon(['network', 'attach', id, ...flags]);
        assert.notEqual(code, 0);
        assert.match(stderr, text);
      });
    });
  }

  test('refuses a container in host mode and one that does not run', async () => {
    const onHost = await docker('run', '-d', '--network=host', 'busybox', ...staying);
    const stopped = await docker('create', '--network=none', 'busybox');
    for (const id of [onHost, stopped, 'nobody']) {
      const { code, stderr } = await engine.attemptPontoon([
        'network',
        'attach',
        id,
        '--bridge',
        'br9',
        '--address',
        '192.168.9.1/24',
      ]);
      assert.notEqual(code, 0, id);
      assert.match(stderr, /host|not running|No such container/i);
    }
  });
});
