import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Finding, NetworkIntent } from '@pontoon/network';
import { fetchFrom, inside, openPlace, type Place, type Started, until } from './network-place.ts';

const SUBNETS: NetworkIntent['subnets'] = [
  { family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' },
  { family: 6, subnet: 'fd00:18::/64', gateway: 'fd00:18::1' },
];

/** For what the watch does by itself, on a machine that is busy with other things. */
const LIMIT_ms = 15_000;

/** What `ip -d link` says of a link: its number, MTU and limits. */
interface LinkShown {
  ifindex: number;
  mtu: number;
  gso_max_size: number;
  gso_max_segs: number;
}

const shownLink = async (run: (argv: string[]) => Promise<string>, name: string): Promise<LinkShown> =>
  JSON.parse(await run(['ip', '-d', '-j', 'link', 'show', name]))[0];

const sizesOf = ({ mtu, gso_max_size, gso_max_segs }: LinkShown) => [mtu, gso_max_size, gso_max_segs];

/** MTU of the default routes, IPv4 and IPv6; undefined where a route says nothing of it. */
async function routesOf({ run }: Started): Promise<(number | undefined)[]> {
  const texts = [
    await run(['ip', 'route', 'show', 'default']),
    await run(['ip', '-6', 'route', 'show', 'default']),
  ];
  return texts.map((text) => {
    const mtu = /\bmtu (\d+)/.exec(text)?.[1];
    return mtu === undefined ? undefined : Number(mtu);
  });
}

describe('the sizes of a network', () => {
  let place: Place;
  let network: NetworkIntent;
  let one: Started;
  let two: Started;
  before(async () => {
    place = await openPlace({ ipv6: true, neighbour: true });
    network = await place.network('trees', { subnets: SUBNETS });
    one = await place.start(network, 'one');
    two = await place.start(network, 'two');
    await one.serve(80, 'one');
    await place.call('startWatching');
  });
  after(() => place[Symbol.asyncDispose]());

  const host = (argv: string[]) => place.lab.host.run(argv);
  const repaired = (): Promise<Finding[]> => place.call('check', { repair: true, inside: true });

  it('are large inside and the uplink’s on the way out', async () => {
    assert.deepEqual(sizesOf(await shownLink(one.run, 'eth0')), [9000, 262_144, 43]);
    for (const link of [one.endpoint.hostLink, network.bridge])
      assert.deepEqual(sizesOf(await shownLink(host, link)), [9000, 262_144, 65_535], link);
    assert.deepEqual(await routesOf(one), [1500, 1500]);
  });

  it('follow the uplink’s MTU while containers run, and say so', async () => {
    await host(['ip', 'link', 'set', 'uplink0', 'mtu', '1400']);
    for (const started of [one, two])
      await until(async () => `${await routesOf(started)}` === '1400,1400', LIMIT_ms);
    assert.equal((await shownLink(one.run, 'eth0')).gso_max_segs, 46);
    const findings = await place.call<Finding[]>('findings');
    const said = findings.filter(
      ({ kind, problem, repaired }) => kind === 'route' && problem === 'different' && repaired,
    );
    assert.equal(said.length, 4, JSON.stringify(findings));
    assert.match(said[0]!.detail, /mtu 1500, not 1400/);
    assert.deepEqual(await place.call('check'), []);
  });

  it('follow how much the uplink takes at once, when they are compared next: the kernel does not report it', async () => {
    await host(['ip', 'link', 'set', 'uplink0', 'gso_max_size', '16384']);
    await repaired();
    assert.equal((await shownLink(one.run, 'eth0')).gso_max_segs, 11);
  });

  it('follow the default route to another uplink, and back', async () => {
    await host(['ip', 'link', 'set', 'uplink1', 'mtu', '1300']);
    await host(['ip', 'route', 'replace', 'default', 'dev', 'uplink1']);
    await until(async () => `${await routesOf(one)}` === '1300,1400', LIMIT_ms);
    await host(['ip', 'route', 'replace', 'default', 'via', '198.51.100.1', 'dev', 'uplink0']);
    await until(async () => `${await routesOf(one)}` === '1400,1400', LIMIT_ms);
  });

  it('stay while the host has no uplink', async () => {
    await host(['ip', 'route', 'delete', 'default']);
    assert.deepEqual(await repaired(), []);
    assert.deepEqual(await routesOf(one), [1400, 1400]);
    await host(['ip', 'route', 'add', 'default', 'via', '198.51.100.1']);
  });

  const damages: [string, () => Promise<unknown>, RegExp][] = [
    [
      'the MTU of the bridge',
      () => host(['ip', 'link', 'set', network.bridge, 'mtu', '1500']),
      /mtu 1500, not 9000/,
    ],
    [
      'the MTU of a port',
      () => host(['ip', 'link', 'set', one.endpoint.hostLink, 'mtu', '1500']),
      /mtu 1500, not 9000/,
    ],
    ['the MTU inside', () => one.run(['ip', 'link', 'set', 'eth0', 'mtu', '1500']), /mtu 1500, not 9000/],
    [
      'the longest train inside',
      () => one.run(['ip', 'link', 'set', 'eth0', 'gso_max_size', '65536']),
      /gso_max_size 65536, not 262144/,
    ],
    [
      'the number of segments inside',
      () => one.run(['ip', 'link', 'set', 'eth0', 'gso_max_segs', '100']),
      /gso_max_segs 100, not 11/,
    ],
    [
      'the MTU of a default route',
      () => one.run(['ip', 'route', 'replace', 'default', 'via', '172.18.0.1']),
      /mtu undefined, not 1400/,
    ],
    [
      'a port that was taken off the bridge',
      () => host(['ip', 'link', 'set', one.endpoint.hostLink, 'nomaster']),
      /master 0, not \d+/,
    ],
  ];
  it('differ from what was meant where somebody changed them, and are put right in place', async () => {
    // From here on nobody watches: what is found is found by the comparison alone.
    await place.restart();
    const sandboxes = [one, two].map(({ sandbox, endpoint }) => ({
      ...{ sandbox, running: true, endpoints: [endpoint], attachments: [] },
    }));
    await place.call('reconcile', { networks: [network], sandboxes });
    const { ifindex } = await shownLink(host, one.endpoint.hostLink);
    for (const [title, damage, words] of damages) {
      await damage();
      const found = await place.call<Finding[]>('check');
      assert.ok(
        found.some(({ problem, detail }) => problem === 'different' && words.test(detail)),
        title,
      );
      await repaired();
      assert.deepEqual(await place.call('check'), [], title);
    }
    assert.equal((await shownLink(host, one.endpoint.hostLink)).ifindex, ifindex);
  });

  it('and its isolation change in place, under a connection that stays', async () => {
    const { ifindex } = await shownLink(one.run, 'eth0');
    const talks = () => fetchFrom(place.lab.host, one.address, 80, two.sandbox.path);
    assert.equal(await talks(), 'one');
    await place.call('changeNetwork', { ...network, mtu: 1400, icc: false });
    assert.deepEqual(sizesOf(await shownLink(one.run, 'eth0')), [1400, 65_536, 65_535]);
    assert.deepEqual(await routesOf(one), [undefined, undefined]);
    assert.equal(await talks(), '');
    assert.deepEqual(await place.call('check'), []);
    await place.call('changeNetwork', network);
    assert.deepEqual(sizesOf(await shownLink(one.run, 'eth0')), [9000, 262_144, 11]);
    assert.equal(await talks(), 'one');
    assert.equal((await shownLink(one.run, 'eth0')).ifindex, ifindex);
    assert.deepEqual(await place.call('check'), []);
  });
});

describe('the sizes of what somebody chose', () => {
  let place: Place;
  before(async () => {
    place = await openPlace();
  });
  after(() => place[Symbol.asyncDispose]());
  const host = (argv: string[]) => place.lab.host.run(argv);

  it('are taken at their word: an MTU of the network’s own is that of all its links', async () => {
    const network = await place.network('chosen', { mtu: 1450 });
    const started = await place.start(network, 'chosen');
    assert.deepEqual(sizesOf(await shownLink(started.run, 'eth0')), [1450, 65_536, 65_535]);
    for (const link of [network.bridge, started.endpoint.hostLink])
      assert.equal((await shownLink(host, link)).mtu, 1450);
    assert.deepEqual(await routesOf(started), [undefined, undefined]);
    await place.stop(started);
    assert.deepEqual(await place.call('check'), []);
    await place.call('removeNetwork', network);
  });

  it('are the bridge’s where it was there before the network, which uses it, and leaves it behind', async () => {
    await host(['ip', 'link', 'add', 'mine', 'mtu', '1480', 'type', 'bridge']);
    await host(['ip', 'address', 'add', '172.18.0.1/16', 'dev', 'mine']);
    const network = await place.network('adopted', { bridge: 'mine' });
    const started = await place.start(network, 'adopted');
    assert.deepEqual(sizesOf(await shownLink(started.run, 'eth0')), [1480, 65_536, 65_535]);
    assert.match(await started.run(['busybox', 'ping', '-c1', '-W2', '198.51.100.1']), /1 packets received/);
    assert.equal((await shownLink(host, 'mine')).mtu, 1480);
    assert.deepEqual(await place.call('check'), []);
    await place.stop(started);
    await place.call('removeNetwork', network);
    assert.match(await host(['ip', 'address', 'show', 'mine']), /172\.18\.0\.1\/16/);
  });

  it('are those of the network whose bridge an interface is attached to', async () => {
    const network = await place.network('plain');
    const sandbox = place.sandbox('guest');
    await place.call('startSandbox', sandbox, []);
    const attachment = {
      ...{ id: 'c'.repeat(64), interface: 'eth5', bridge: network.bridge, hostLink: 'vethattach5' },
      ...{ address: '172.18.9.9/16', gateway: '172.18.0.1' },
    };
    await place.call('attach', sandbox, attachment);
    const run = (argv: string[]) => host(inside(sandbox.path, argv));
    assert.deepEqual(sizesOf(await shownLink(run, 'eth5')), [9000, 262_144, 43]);
    assert.match(await run(['ip', 'route', 'show', 'default']), /mtu 1500/);
    assert.deepEqual(await place.call('check'), []);
  });
});
