// Networks that users make: addresses, options, members, refusals.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import {
  cannotFetchIn,
  fetchFrom,
  fetchIn,
  inspect,
  removeContainers,
  staying,
  webServer,
} from '../parts.ts';
import { leavesNothing } from '../traces.ts';

const engine = await openEngine({ contract: true });
after(() => engine.close());
const { docker, host } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});

const addressOn = (id: string, network: string): Promise<string> =>
  inspect(engine, id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
const ipam = async (network: string): Promise<string> =>
  docker('network', 'inspect', '-f', '{{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}}', network);

describe('create', () => {
  test('takes the first free pool', async () => {
    await docker('network', 'create', 'first');
    await docker('network', 'create', 'second');
    assert.equal(await ipam('first'), '172.18.0.0/16 172.18.0.1');
    assert.equal(await ipam('second'), '172.19.0.0/16 172.19.0.1');
  });

  test('skips a pool that a route of the host has', async () => {
    await host.run(['ip', 'route', 'add', '172.18.5.0/24', 'via', '198.51.100.1']);
    await docker('network', 'create', 'careful');
    assert.match(await ipam('careful'), /^172\.(19|2\d)\.0\.0\/16 /);
    await host.run(['ip', 'route', 'del', '172.18.5.0/24']);
  });

  test('--subnet, --gateway, --ip-range and --aux-address shape the addresses', async () => {
    const flags = [
      '--subnet',
      '10.9.0.0/24',
      '--gateway',
      '10.9.0.254',
      '--ip-range',
      '10.9.0.64/29',
      '--aux-address',
      'printer=10.9.0.65',
    ];
    await docker('network', 'create', ...flags, 'shaped');
    const id = await docker('run', '-d', '--network', 'shaped', 'busybox', ...staying);
    const address = await addressOn(id, 'shaped');
    assert.match(address, /^10\.9\.0\.(64|66)$/);
    assert.match(await docker('exec', id, 'ip', 'route'), /^default via 10\.9\.0\.254 dev eth0/);
    assert.match(
      await docker('exec', id, 'ip', 'address', 'show', 'eth0'),
      new RegExp(`inet ${address}/24 brd 10\\.9\\.0\\.255`),
    );
  });

  test('--label and -o are in inspect, and the filters of ls find them', async () => {
    const option = 'com.docker.network.bridge.name=custom0';
    await docker('network', 'create', '--label', 'tree=oak', '-o', option, 'labelled');
    const [data] = JSON.parse(await docker('network', 'inspect', 'labelled'));
    assert.equal(data.Labels.tree, 'oak');
    assert.equal(data.Options['com.docker.network.bridge.name'], 'custom0');
    assert.match(await host.run(['ip', '-o', 'link', 'show', 'custom0']), /custom0/);
    assert.equal(
      await docker('network', 'ls', '--filter', 'label=tree', '--format', '{{.Name}}'),
      'labelled',
    );
    assert.equal(
      await docker(
        'network',
        'ls',
        '--filter',
        'driver=bridge',
        '--filter',
        'type=custom',
        '--format',
        '{{.Name}}',
      ),
      'labelled',
    );
    assert.equal(await docker('network', 'ls', '-q', '--no-trunc', '--filter', 'name=labell'), data.Id);
  });

  test('the MTU is what the option says', async () => {
    await docker('network', 'create', '-o', 'com.docker.network.driver.mtu=1400', 'small');
    assert.equal(
      await docker('run', '--rm', '--network', 'small', 'busybox', 'cat', '/sys/class/net/eth0/mtu'),
      '1400',
    );
  });

  for (const [title, flags, text] of [
    ['a subnet that is none', ['--subnet', '10.1.2.3.4/24'], /invalid (subnet|CIDR)/i],
    [
      'a subnet that another network has',
      ['--subnet', '172.17.5.0/24'],
      /Pool overlaps with other one on this address space/,
    ],
    [
      'a gateway outside',
      ['--subnet', '10.9.0.0/24', '--gateway', '10.8.0.1'],
      /no matching subnet for gateway 10\.8\.0\.1/,
    ],
    [
      'a range outside',
      ['--subnet', '10.9.0.0/24', '--ip-range', '10.8.0.0/25'],
      /no matching subnet for range 10\.8\.0\.0\/25/,
    ],
    [
      'a driver that is none',
      ['-d', 'nonsense'],
      /plugin "nonsense" not found|could not find plugin nonsense/,
    ],
    ['a bridge name that is too long', ['-o', 'com.docker.network.bridge.name=far-too-long-a-name'], /./],
    ['an MTU that is no number', ['-o', 'com.docker.network.driver.mtu=big'], /./],
  ] as const) {
    test(`refuses ${title}, and leaves nothing`, async () => {
      await leavesNothing(engine, async () => {
        const { code, stderr } = await engine.attempt(['network', 'create', ...flags, 'refused']);
        assert.equal(code, 1);
        assert.match(stderr, text);
      });
      assert.equal((await engine.attempt(['network', 'inspect', 'refused'])).code, 1);
    });
  }

  test('refuses a name that is taken, and the names that are always there', async () => {
    await docker('network', 'create', 'taken');
    const taken = await engine.attempt(['network', 'create', 'taken']);
    assert.match(taken.stderr, /network with name taken already exists/);
    for (const name of ['bridge', 'host', 'none', 'default']) {
      const { code, stderr } = await engine.attempt(['network', 'create', name]);
      assert.equal(code, 1, name);
      assert.match(stderr, /pre-?defined|cannot create|already exists/, name);
    }
  });
});

describe('remove', () => {
  test('leaves nothing', async () => {
    await leavesNothing(engine, async () => {
      await docker('network', 'create', 'gone');
      await docker('run', '--rm', '--network', 'gone', 'busybox', 'true');
      await docker('network', 'rm', 'gone');
    });
  });

  test('is refused while containers are on it', async () => {
    await docker('network', 'create', 'busy');
    await docker('run', '-d', '--name', 'user', '--network', 'busy', 'busybox', ...staying);
    const { code, stderr } = await engine.attempt(['network', 'rm', 'busy']);
    assert.equal(code, 1);
    assert.match(stderr, /has active endpoints/);
  });

  test('of what is not there is an error', async () => {
    const { code, stderr } = await engine.attempt(['network', 'rm', 'nobody']);
    assert.equal(code, 1);
    assert.match(stderr, /network nobody not found|No such network: nobody/);
  });

  test('prune takes those without containers', async () => {
    await docker('network', 'create', 'empty');
    await docker('network', 'create', 'used');
    await docker('run', '-d', '--network', 'used', 'busybox', ...staying);
    assert.match(await docker('network', 'prune', '-f'), /^empty$/m);
    assert.equal(
      await docker('network', 'ls', '-q', '--filter', 'name=^used$').then((id) => id !== ''),
      true,
    );
  });
});

describe('members', () => {
  test('reach each other, the outside, and not those of another network', async () => {
    await docker('network', 'create', 'left');
    await docker('network', 'create', 'right');
    const a = await docker('run', '-d', '--network', 'left', 'busybox', ...webServer());
    const b = await docker('run', '-d', '--network', 'left', 'busybox', ...staying);
    const c = await docker('run', '-d', '--network', 'right', 'busybox', ...staying);
    const d = await docker('run', '-d', 'busybox', ...staying);
    const address = await addressOn(a, 'left');
    assert.ok((await fetchIn(engine, b, address)).endsWith(` ${await addressOn(b, 'left')}`));
    assert.match(
      await docker('exec', b, 'ping', '-c', '1', '-W', '10', '198.51.100.1'),
      /1 packets received/,
    );
    assert.ok(await cannotFetchIn(engine, c, address));
    assert.ok(await cannotFetchIn(engine, d, address));
    assert.ok((await fetchFrom(host, address)).endsWith(` ${(await ipam('left')).split(' ')[1]}`));
  });

  test('of another network reach a published port', async () => {
    await docker('network', 'create', 'left');
    await docker('network', 'create', 'right');
    await docker('run', '-d', '--network', 'left', '-p', '8080:80', 'busybox', ...webServer());
    const b = await docker('run', '-d', '--network', 'right', 'busybox', ...staying);
    assert.match(await fetchIn(engine, b, '198.51.100.2:8080'), /./);
  });

  test('--ip, --mac-address and --network-alias are theirs', async () => {
    await docker('network', 'create', '--subnet', '10.9.0.0/24', 'fixed');
    const id = await docker(
      'run',
      '-d',
      '--network',
      'fixed',
      '--ip',
      '10.9.0.77',
      '--network-alias',
      'seven',
      'busybox',
      ...staying,
    );
    assert.equal(await addressOn(id, 'fixed'), '10.9.0.77');
    const [data] = JSON.parse(await docker('inspect', id));
    const endpoint = data.NetworkSettings.Networks.fixed;
    assert.ok(endpoint.Aliases.includes('seven'));
    assert.equal(endpoint.IPAMConfig.IPv4Address, '10.9.0.77');
    await docker('restart', '-t', '0', id);
    assert.equal(await addressOn(id, 'fixed'), '10.9.0.77');
  });
});

test('each answer to all of this was as the API describes it', () => {
  assert.deepEqual([...(engine.contract?.deviations ?? [])], []);
});
