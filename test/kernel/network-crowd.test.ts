import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EndpointIntent, Finding, NetworkIntent, Sandbox } from '@pontoon/network';
import { inside, openPlace, type Place, until } from './network-place.ts';

/** A thousand namespaces are made one by one. */
const LIMIT = { timeout: 180_000 };
/** More than the 1023 ports of one bridge. */
const COUNT = 1040;
/** What a bridge carries: its own 960 endpoints, and 1022 on the further one. */
const [LAST_OF_FIRST, FIRST_OF_SECOND] = [959, 960];

interface Member {
  sandbox: Sandbox;
  joined: { network: NetworkIntent; endpoint: EndpointIntent };
}

describe(`a network of ${COUNT} endpoints`, () => {
  let place: Place;
  let network: NetworkIntent;
  let crowd: Member[];
  before(async () => {
    place = await openPlace();
    network = await place.network('crowd');
    crowd = await place.call<Member[]>('startMany', network, COUNT);
  }, LIMIT);
  after(() => place[Symbol.asyncDispose]());

  const addressOf = (at: number) => crowd[at]!.joined.endpoint.addresses[0]!.address;
  const ping = async (from: number, target: string, ...how: string[]): Promise<boolean> => {
    const argv = inside(crowd[from]!.sandbox.path, ['busybox', 'ping', ...how, target]);
    return (await place.lab.host.attempt(argv)).status === 0;
  };
  /** One answer of three is enough: the machine may be busy. */
  const reaches = (from: number, target: string) => ping(from, target, '-c3', '-W3', '-A');
  const isCutOff = async (from: number, target: string) => !(await ping(from, target, '-c1', '-W1'));
  const PAIRS = [
    ...[
      [0, LAST_OF_FIRST],
      [0, FIRST_OF_SECOND],
      [COUNT - 1, LAST_OF_FIRST],
    ],
    ...[
      [FIRST_OF_SECOND, COUNT - 1],
      [COUNT - 1, 500],
      [1000, FIRST_OF_SECOND],
    ],
  ] as [number, number][];
  const portsOf = async (bridge: string): Promise<number> =>
    (await place.lab.host.run(['ip', '-br', 'link', 'show', 'master', bridge])).trim().split('\n').length;
  const furtherBridges = async (): Promise<string[]> =>
    (await place.lab.host.run(['ip', '-br', 'link', 'show', 'type', 'bridge'])).match(/^br1-\w+/gm) ?? [];

  it('has two bridges, with all endpoints and the cable between them', async () => {
    const [further = ''] = await furtherBridges();
    assert.equal(await portsOf(network.bridge), FIRST_OF_SECOND + 1);
    assert.equal(await portsOf(further), COUNT - FIRST_OF_SECOND + 1);
  });

  it('is one network for those on it: each reaches each, the gateway and the outside', async () => {
    for (const [from, to] of PAIRS) assert.ok(await reaches(from, addressOf(to)), `${from} to ${to}`);
    for (const from of [0, FIRST_OF_SECOND, COUNT - 1])
      for (const target of ['172.18.0.1', '198.51.100.1'])
        assert.ok(await reaches(from, target), `${from} ${target}`);
  });

  it('is reached from the host on both bridges', async () => {
    for (const to of [LAST_OF_FIRST, COUNT - 1])
      await place.lab.host.run(['busybox', 'ping', '-c1', '-W2', addressOf(to)]);
  });

  it('finds nothing to put right, and puts a lost further bridge right', async () => {
    assert.deepEqual(await place.call('check'), []);
    const [further = ''] = await furtherBridges();
    await place.lab.host.run(['ip', 'link', 'delete', further]);
    assert.ok(await isCutOff(0, addressOf(COUNT - 1)));
    const found = await place.call<Finding[]>('check', { repair: true, inside: false });
    assert.ok(found.every(({ repaired }) => repaired));
    assert.ok(await reaches(0, addressOf(COUNT - 1)));
    assert.deepEqual(await place.call('check', { repair: false, inside: false }), []);
  });

  it('with icc=false keeps them from each other across the bridges too, and not from the gateway', async () => {
    await place.call('changeNetwork', { ...network, icc: false });
    for (const [from, to] of PAIRS) assert.ok(await isCutOff(from, addressOf(to)), `${from} to ${to}`);
    for (const from of [0, COUNT - 1]) assert.ok(await reaches(from, '198.51.100.1'), `${from}`);
    await place.call('changeNetwork', network);
    assert.ok(await reaches(COUNT - 1, addressOf(0)));
  });

  it('gives the further bridge back with its last endpoint, and everything with the network', async () => {
    await place.call('stopMany', crowd.slice(FIRST_OF_SECOND));
    assert.deepEqual(await furtherBridges(), []);
    assert.ok(await reaches(0, addressOf(LAST_OF_FIRST)));
    await place.call('stopMany', crowd.slice(0, FIRST_OF_SECOND));
    await place.call('removeNetwork', network);
    await until(async () => !/veth|br|up1|dn1/.test(await place.lab.host.run(['ip', '-br', 'link'])), 30_000);
    assert.deepEqual(await place.call('check'), []);
  });
});
