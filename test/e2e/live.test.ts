// What changes while containers run, and what the engine mends by itself.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { isOracle, openEngine } from '../engine.ts';
import {
  addressOf,
  cannotFetchIn,
  fetchFrom,
  fetchIn,
  inspect,
  removeContainers,
  staying,
  webServer,
} from '../parts.ts';
import { leavesNothing } from '../traces.ts';
import { until } from '../until.ts';

describe('live', { skip: isOracle && 'dockerd cannot' }, async () => {
  if (isOracle) return;
  const engine = await openEngine();
  const { docker, pontoon, outside, host } = engine;
  after(() => engine.close());
  afterEach(async () => {
    await removeContainers(engine);
    await docker('network', 'prune', '-f');
  });
  const web = (name: string, ...flags: string[]): Promise<string> =>
    docker('run', '-d', '--name', name, '--hostname', name, ...flags, 'busybox', ...webServer());

  describe('network update', () => {
    test('icc goes off and on while members run', async () => {
      await docker('network', 'create', 'grove');
      const a = await web('ash', '--network', 'grove');
      const b = await docker('run', '-d', '--network', 'grove', 'busybox', ...staying);
      const address = await inspect(engine, a, '{{.NetworkSettings.Networks.grove.IPAddress}}');
      assert.match(await fetchIn(engine, b, address), /^ash /);
      await pontoon('network', 'update', '--icc=false', 'grove');
      assert.ok(await cannotFetchIn(engine, b, address));
      await pontoon('network', 'update', '--icc=true', 'grove');
      assert.match(await fetchIn(engine, b, address), /^ash /);
    });

    test('internal shuts the way out, and opens it', async () => {
      await docker('network', 'create', 'grove');
      const id = await docker('run', '-d', '--network', 'grove', 'busybox', ...staying);
      const ping = async (): Promise<number> =>
        (await engine.attempt(['exec', id, 'ping', '-c', '1', '-W', '2', '198.51.100.1'])).code;
      await until('the outside is reached', async () => (await ping()) === 0);
      await pontoon('network', 'update', '--internal', 'grove');
      assert.notEqual(await ping(), 0);
      await pontoon('network', 'update', '--internal=false', 'grove');
      await until('the outside is reached again', async () => (await ping()) === 0);
    });

    test('mtu and labels', async () => {
      await docker('network', 'create', 'grove');
      const id = await docker('run', '-d', '--network', 'grove', 'busybox', ...staying);
      await pontoon('network', 'update', '--mtu', '1400', '--label', 'tree=oak', 'grove');
      assert.equal(await docker('exec', id, 'cat', '/sys/class/net/eth0/mtu'), '1400');
      assert.equal(await docker('network', 'inspect', '-f', '{{.Labels.tree}}', 'grove'), 'oak');
    });
  });

  describe('self-repair', () => {
    const broken: [string, (id: string) => Promise<unknown>][] = [
      ['a flushed table', () => host.run(['nft', 'flush', 'table', 'inet', 'pontoon'])],
      ['a deleted table', () => host.run(['nft', 'delete', 'table', 'inet', 'pontoon'])],
      ['a flushed ruleset', () => host.run(['nft', 'flush', 'ruleset'])],
      ['a bridge that is down', () => host.run(['ip', 'link', 'set', engine.bridge, 'down'])],
      ['a bridge without its address', () => host.run(['ip', 'address', 'flush', 'dev', engine.bridge])],
      ['a deleted bridge', () => host.run(['ip', 'link', 'delete', engine.bridge])],
      [
        'a host end that left the bridge',
        async (id) => host.run(['ip', 'link', 'set', await linkOf(id), 'nomaster']),
      ],
      ['a host end that is down', async (id) => host.run(['ip', 'link', 'set', await linkOf(id), 'down'])],
      ['a deleted veth pair', async (id) => host.run(['ip', 'link', 'delete', await linkOf(id)])],
    ];
    const linkOf = async (id: string): Promise<string> => {
      const index = await docker('exec', id, 'cat', '/sys/class/net/eth0/iflink');
      const links = await host.run(['ip', '-o', 'link', 'show', 'master', engine.bridge]);
      return new RegExp(`^${index}: ([^@:]+)`, 'm').exec(links)?.[1] ?? '';
    };
    for (const [title, breakIt] of broken) {
      test(`${title} is put right`, async () => {
        const id = await web('ash', '-p', '8080:80');
        const address = await addressOf(engine, id);
        const other = await docker('run', '-d', 'busybox', ...staying);
        assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
        await breakIt(id);
        await until(
          'it is mended',
          async () => (await engine.attemptPontoon(['network', 'check'])).code === 0,
        );
        assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
        assert.match(await fetchIn(engine, other, address), /^ash /);
        assert.match(
          await docker('exec', other, 'ping', '-c', '1', '-W', '10', '198.51.100.1'),
          /1 packets received/,
        );
      });
    }

    test('network check finds nothing where nothing is wrong', async () => {
      await web('ash', '-p', '8080:80');
      assert.equal((await engine.attemptPontoon(['network', 'check'])).code, 0);
    });

    test('links and tables of others are not touched', async () => {
      await host.run(['ip', 'link', 'add', 'br-123456789abc', 'type', 'bridge']);
      await host.run(['nft', 'add', 'table', 'inet', 'mine']);
      await web('ash', '-p', '8080:80');
      await host.run(['nft', 'delete', 'table', 'inet', 'pontoon']);
      await until('it is mended', async () => (await engine.attemptPontoon(['network', 'check'])).code === 0);
      await engine.kill();
      await engine.start();
      assert.match(await host.run(['ip', 'link', 'show', 'br-123456789abc']), /br-123456789abc/);
      assert.match(await host.run(['nft', 'list', 'tables']), /table inet mine/);
      await host.run(['ip', 'link', 'delete', 'br-123456789abc']);
      await host.run(['nft', 'delete', 'table', 'inet', 'mine']);
    });
  });

  test('run --dry-run prints what would change, and changes nothing', async () => {
    await docker('run', '--rm', 'busybox', 'true');
    await leavesNothing(engine, async () => {
      const text = await pontoon('run', '--dry-run', '-d', '-p', '8080:80', 'busybox', 'true');
      assert.match(text, /8080/);
      assert.match(text, /veth|link/);
    });
    assert.equal(await docker('ps', '-aq'), '');
  });

  test('dns query asks as the host', async () => {
    await docker('network', 'create', 'grove');
    const id = await docker('run', '-d', '--name', 'larch', '--network', 'grove', 'busybox', ...staying);
    const address = await inspect(engine, id, '{{.NetworkSettings.Networks.grove.IPAddress}}');
    assert.ok((await pontoon('dns', 'query', 'larch')).includes(address));
    assert.equal((await engine.attemptPontoon(['dns', 'query', 'nobody'])).code, 1);
  });
});
