import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Finding, NetworkIntent, PublishedPort } from '@pontoon/network';
import { fetchFrom, inside, openPlace, type Place, type Started, until } from './network-place.ts';

const DEFAULT_BRIDGE = {
  ...{ bridge: 'pontoon0', isDefault: true },
  subnets: [{ family: 4 as const, subnet: '172.17.0.0/16', gateway: '172.17.0.1' }],
};

describe('the bridge network', () => {
  let place: Place;
  let bridge: NetworkIntent;
  let web: Started;
  let client: Started;

  before(async () => {
    place = await openPlace();
    bridge = await place.network('bridge', DEFAULT_BRIDGE);
    web = await place.start(bridge, 'web', {
      ports: [
        { protocol: 'tcp', containerPort: 80, hostPort: 8080 },
        { protocol: 'tcp', containerPort: 80, hostPort: 8081, hostAddress: '127.0.0.1' },
        {
          protocol: 'tcp',
          containerPort: 20_000,
          containerPortEnd: 29_999,
          hostPort: 20_000,
          hostPortEnd: 29_999,
        },
        { protocol: 'tcp', containerPort: 90, hostPort: 8090, allow: ['198.51.100.64/26'] },
      ],
    });
    client = await place.start(bridge, 'client');
    await web.serve(80, 'web');
    await web.serve(81, 'hidden');
    await web.serve(90, 'guarded');
    await web.serve(29_999, 'last of range');
  });
  after(() => place[Symbol.asyncDispose]());

  it('takes the first free pool, and passes over one that a route of the host has', async () => {
    const request = { subnets: [], ipv4: true, ipv6: false };
    // 172.17.0.0/16 is a route by now: the bridge's own.
    const [subnet] = await place.call<NetworkIntent['subnets']>('chooseSubnets', request, []);
    assert.deepEqual(subnet, { family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' });
  });

  it('gives the container its address, the MAC derived from it, and the bridge as its default gateway', async () => {
    const shown = await web.run(['ip', 'address', 'show', 'eth0']);
    assert.match(shown, /inet 172\.17\.0\.2\/16/);
    assert.match(shown, /02:42:ac:11:00:02/);
    assert.match(await web.run(['ip', 'route']), /default via 172\.17\.0\.1 dev eth0/);
  });

  it('lets neighbours, the host, and what is outside be reached', async () => {
    for (const target of ['172.17.0.2', '172.17.0.1', '198.51.100.2', '198.51.100.1'])
      assert.match(await client.run(['busybox', 'ping', '-c1', '-W2', target]), /1 packets received/, target);
  });

  it('shows the outside the host as the source of what a container sends', async () => {
    const { outside } = place.lab;
    const count = 'ip saddr 198.51.100.2 icmp type echo-request counter';
    await outside.run([
      'nft',
      `add table ip seen; add chain ip seen in { type filter hook input priority 0; }`,
    ]);
    await outside.run(['nft', `add rule ip seen in ${count}`]);
    await client.run(['busybox', 'ping', '-c1', '-W1', '198.51.100.1']);
    const seen = await outside.run(['nft', 'list', 'table', 'ip', 'seen']);
    await outside.run(['nft', 'delete', 'table', 'ip', 'seen']);
    assert.match(seen, /ip saddr 198\.51\.100\.2 icmp type echo-request counter packets 1 /);
  });

  const ways: [string, () => Promise<string>][] = [
    ['from outside', () => fetchFrom(place.lab.outside, '198.51.100.2', 8080)],
    ['from the host by 127.0.0.1', () => fetchFrom(place.lab.host, '127.0.0.1', 8080)],
    ['from the host by its own address', () => fetchFrom(place.lab.host, '198.51.100.2', 8080)],
    ['from the host by the bridge', () => fetchFrom(place.lab.host, '172.17.0.1', 8080)],
    [
      'from a neighbour by the host',
      () => fetchFrom(place.lab.host, '198.51.100.2', 8080, client.sandbox.path),
    ],
    [
      'from itself by the host (hairpin)',
      () => fetchFrom(place.lab.host, '198.51.100.2', 8080, web.sandbox.path),
    ],
  ];
  for (const [way, fetch] of ways)
    it(`answers on a published port ${way}`, async () => assert.equal(await fetch(), 'web'));

  it('publishes a range of ten thousand ports as one element', async () => {
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 29_999), 'last of range');
    const map = await place.lab.host.run(['nft', 'list', 'map', 'inet', 'pontoon', 'published4_range']);
    assert.equal(map.match(/20000-29999/g)?.length, 1);
  });

  it('keeps what is published on 127.0.0.1 from the outside, even where that is routed there', async () => {
    assert.equal(await fetchFrom(place.lab.host, '127.0.0.1', 8081), 'web');
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8081), '');
    await place.lab.outside.run(['ip', 'address', 'delete', '127.0.0.1/8', 'dev', 'lo']);
    await place.lab.outside.run([
      'ip',
      'route',
      'add',
      '127.0.0.1/32',
      'via',
      '198.51.100.2',
      'src',
      '198.51.100.1',
    ]);
    await place.lab.outside.run(['sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1']);
    assert.equal(await fetchFrom(place.lab.outside, '127.0.0.1', 8081), '');
  });

  it('refuses an outside that routes to the container itself', async () => {
    await place.lab.outside.run(['ip', 'route', 'add', '172.17.0.0/16', 'via', '198.51.100.2']);
    for (const port of [80, 81]) assert.equal(await fetchFrom(place.lab.outside, '172.17.0.2', port), '');
  });

  it('lets only those on an allow-list in, and the host itself', async () => {
    assert.equal(await fetchFrom(place.lab.host, '198.51.100.2', 8090), 'guarded');
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8090), '');
    await place.lab.outside.run(['ip', 'address', 'add', '198.51.100.70/24', 'dev', 'eth0']);
    const from = ['timeout', '2', 'busybox', 'nc', '-w', '1', '-s', '198.51.100.70', '198.51.100.2', '8090'];
    const { stdout, stderr } = await place.lab.outside.attempt(from, { input: '' });
    if (stderr.includes('invalid option')) return; // this busybox has no source address
    assert.equal(stdout.trim(), 'guarded');
  });

  it('takes a port away and gives it to another container while both run', async () => {
    const other = await place.start(bridge, 'other');
    await other.serve(80, 'other');
    const ports = web.endpoint.ports.filter(({ hostPort }) => hostPort === 8080);
    const from = { network: bridge, endpoint: web.endpoint };
    const to = { network: bridge, endpoint: other.endpoint };
    await place.call('movePorts', from, to, ports);
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'other');
    await place.call('movePorts', to, from, ports);
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'web');
    await place.stop(other);
  });

  it('counts the bytes of each interface', async () => {
    const counters = await place.call<Record<string, { rxBytes: number }>>('statistics', client.sandbox);
    assert.deepEqual(Object.keys(counters), ['eth0']);
    assert.ok(counters.eth0!.rxBytes > 0);
  });
});

describe('ports of the host', () => {
  let place: Place;
  let bridge: NetworkIntent;
  before(async () => {
    place = await openPlace();
    bridge = await place.network('bridge', DEFAULT_BRIDGE);
  });
  after(() => place[Symbol.asyncDispose]());

  const choose = (hostPort: number, more: object = {}) =>
    place.call<PublishedPort[]>(
      'choosePorts',
      [{ protocol: 'tcp', containerPort: 80, hostPort, ...more }],
      bridge,
      [{ family: 4, address: '172.17.0.2', prefixLength: 16 }],
    );

  it('refuses a port that another container has, in the words of Docker', async () => {
    const ports = await choose(8080);
    await assert.rejects(choose(8080), /^Error: Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/);
    await assert.rejects(choose(8080, { hostAddress: '127.0.0.1' }), /Bind for 127\.0\.0\.1:8080 failed/);
    await place.call('releasePorts', ports);
    await place.call('releasePorts', await choose(8080));
  });

  it('refuses a port that a process of the host listens on, in the words of Docker', async () => {
    place.lab.host.spawn(['busybox', 'nc', '-ll', '-p', '7000', '-e', 'true'], { stdio: 'ignore' });
    await until(async () => (await place.lab.host.run(['busybox', 'netstat', '-ltn'])).includes(':7000 '));
    const words = 'failed to bind host port for 0.0.0.0:7000:172.17.0.2:80/tcp: address already in use';
    await assert.rejects(choose(7000), { message: words });
    const range = { containerPort: 6800, containerPortEnd: 7799, hostPortEnd: 7799 };
    await assert.rejects(choose(6800, range), /:7000:172\.17\.0\.2:7000\/tcp: address already in use/);
  });

  it('holds what it gave, so that no process of the host can take it', async () => {
    const ports = await choose(7100);
    const { stderr } = await place.lab.host.attempt(['timeout', '1', 'busybox', 'nc', '-l', '-p', '7100']);
    assert.match(stderr, /Address already in use/);
    await place.call('releasePorts', ports);
  });

  it("gives random ports of the kernel's own range, each another", async () => {
    const numbers: number[] = [];
    for (let count = 0; count < 3; count++) numbers.push((await choose(0))[0]!.hostPort);
    assert.equal(new Set(numbers).size, 3);
    assert.ok(
      numbers.every((port) => port >= 32_768 && port <= 60_999),
      `${numbers}`,
    );
  });

  it('gives any free one of a range of host ports', async () => {
    const first = await choose(7200, { hostPortEnd: 7201 });
    const second = await choose(7200, { hostPortEnd: 7201 });
    assert.deepEqual([first[0]!.hostPort, second[0]!.hostPort], [7200, 7201]);
    await assert.rejects(choose(7200, { hostPortEnd: 7201 }), /all ports are allocated/);
  });

  it('leaves nothing held where one of many is refused', async () => {
    const two = [
      { protocol: 'tcp', containerPort: 1, hostPort: 7301 },
      { protocol: 'tcp', containerPort: 2, hostPort: 7100, hostAddress: '203.0.113.99' },
    ];
    await assert.rejects(place.call('choosePorts', two, bridge, []), /cannot assign requested address/);
    await place.call('releasePorts', await choose(7301));
  });
});

describe('none mode and network attach', () => {
  let place: Place;
  before(async () => {
    place = await openPlace();
  });
  after(() => place[Symbol.asyncDispose]());

  it('starts with lo alone, takes an interface on a bridge that is made for it, and gives it back', async () => {
    const sandbox = place.sandbox('alone');
    await place.call('startSandbox', sandbox, []);
    const links = async () => place.lab.host.run(inside(sandbox.path, ['ip', '-br', 'address']));
    assert.match(await links(), /^lo +UNKNOWN +127\.0\.0\.1\/8 ::1\/128 *\n$/);
    const attachment = {
      ...{ id: 'a'.repeat(64), interface: 'eth1', bridge: 'br1', hostLink: 'vethattach1' },
      ...{ address: '192.168.1.1/24', gateway: '192.168.1.254', mac: '02:42:c0:a8:01:01' },
    };
    await place.call('attach', sandbox, attachment);
    assert.match(await links(), /eth1@\S+ +UP +192\.168\.1\.1\/24/);
    const routes = await place.lab.host.run(inside(sandbox.path, ['ip', 'route']));
    assert.match(routes, /default via 192\.168\.1\.254 dev eth1/);
    assert.match(await place.lab.host.run(['ip', '-br', 'link', 'show', 'master', 'br1']), /vethattach1/);
    await place.call('detach', sandbox, attachment);
    assert.doesNotMatch(await links(), /eth1/);
    assert.notEqual((await place.lab.host.attempt(['ip', 'link', 'show', 'br1'])).status, 0);
    await place.call('stopSandbox', sandbox, []);
  });

  it('leaves a bridge alone that was there before', async () => {
    await place.lab.host.run(['ip', 'link', 'add', 'mine', 'type', 'bridge']);
    const sandbox = place.sandbox('guest');
    await place.call('startSandbox', sandbox, []);
    const attachment = { id: 'b'.repeat(64), interface: 'eth1', bridge: 'mine', hostLink: 'vethattach2' };
    await place.call('attach', sandbox, attachment);
    await place.call('detach', sandbox, attachment);
    assert.equal((await place.lab.host.attempt(['ip', 'link', 'show', 'mine'])).status, 0);
    await place.call('stopSandbox', sandbox, []);
  });
});

describe('intent and kernel', () => {
  let place: Place;
  let bridge: NetworkIntent;
  let web: Started;
  before(async () => {
    place = await openPlace();
    bridge = await place.network('bridge', DEFAULT_BRIDGE);
    web = await place.start(bridge, 'web', {
      ports: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080 }],
    });
    await web.serve(80, 'web');
  });
  after(() => place[Symbol.asyncDispose]());

  const state = () => ({
    networks: [bridge],
    sandboxes: [{ sandbox: web.sandbox, running: true, endpoints: [web.endpoint], attachments: [] }],
  });
  const reconcile = () => place.call<Finding[]>('reconcile', state());

  it('finds nothing to do right after the set-up', async () => {
    assert.deepEqual(await place.call('check'), []);
  });

  it('keeps the traffic flowing when the process is killed, and the next one takes all up again', async () => {
    await place.restart();
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'web');
    assert.deepEqual(await reconcile(), []);
    const again = place.call(
      'choosePorts',
      [{ protocol: 'tcp', containerPort: 1, hostPort: 8080 }],
      bridge,
      [],
    );
    await assert.rejects(again, /already allocated/);
    assert.equal(await place.call('assignAddress', bridge, 4), '172.17.0.3');
  });

  it('removes at boot what no record explains, and nothing that is not its own', async () => {
    const lost = await place.start(bridge, 'lost', {
      ports: [{ protocol: 'tcp', containerPort: 9, hostPort: 9 }],
    });
    await place.lab.host.run(['ip', 'link', 'add', 'foreign', 'type', 'bridge']);
    await place.restart();
    const found = (await reconcile()).map(({ kind, problem, repaired }) => `${kind} ${problem} ${repaired}`);
    assert.deepEqual(found.toSorted(), [
      ...['element unexplained true', 'link unexplained true', 'namespace unexplained true'],
    ]);
    const links = await place.lab.host.run(['ip', '-br', 'link']);
    assert.doesNotMatch(links, new RegExp(lost.endpoint.hostLink));
    assert.match(links, /foreign/);
    assert.deepEqual(await place.call('check'), []);
  });

  const damages: [string, string[]][] = [
    ['a flushed ruleset', ['nft', 'flush', 'ruleset']],
    ['a deleted element', ['nft', 'delete', 'element', 'inet', 'pontoon', 'bridges', '{ pontoon0 }']],
    ['a deleted bridge', ['ip', 'link', 'delete', 'pontoon0']],
    ['a bridge that was set down', ['ip', 'link', 'set', 'pontoon0', 'down']],
    ['a lost gateway address', ['ip', 'address', 'flush', 'dev', 'pontoon0']],
  ];
  for (const [title, command] of damages)
    it(`puts right ${title}`, async () => {
      await place.lab.host.run(command);
      const found = await place.call<Finding[]>('check', { repair: true, inside: true });
      assert.ok(found.length > 0 && found.every(({ repaired }) => repaired), JSON.stringify(found));
      assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'web');
      assert.deepEqual(await place.call('check'), []);
    });

  it('puts right a deleted veth pair, with address, route and all', async () => {
    await place.lab.host.run(['ip', 'link', 'delete', web.endpoint.hostLink]);
    const found = await place.call<Finding[]>('check', { repair: true, inside: true });
    assert.deepEqual([...new Set(found.map(({ repaired }) => repaired))], [true]);
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'web');
  });

  it('notices damage by itself within a second', async () => {
    await place.call('startWatching');
    await place.lab.host.run(['nft', 'flush', 'ruleset']);
    await until(async () => (await place.call<Finding[]>('findings')).length > 0, 1000);
    assert.equal(await fetchFrom(place.lab.outside, '198.51.100.2', 8080), 'web');
  });

  it('leaves no link, namespace, element or held port behind after stop and removal', async () => {
    await place.stop(web);
    await place.call('removeNetwork', bridge);
    await until(async () => !(await place.lab.host.run(['ip', '-br', 'link'])).includes('veth'));
    assert.doesNotMatch(await place.lab.host.run(['ip', '-br', 'link']), /pontoon0/);
    const table = await place.lab.host.run(['nft', 'list', 'table', 'inet', 'pontoon']);
    assert.doesNotMatch(table, /elements = \{ (?!\d+ \}|0x|ipv4)/);
  });
});
