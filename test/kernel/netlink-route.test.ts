import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addAddress,
  addRoute,
  changeLink,
  createBridge,
  createIpvlan,
  createMacvlan,
  createVeth,
  deleteAddress,
  deleteLink,
  deleteRoute,
  isSystemError,
  linkByIndex,
  linkByName,
  listAddresses,
  listLinks,
  listRoutes,
  openRoute,
  subscribe,
  UNFINISHED_GROUP,
} from '@pontoon/netlink';
import { openPlace } from './netlink-place.ts';

const MAC = '02:42:ac:11:00:02';

test('a bridge is made with its address, alias and state', () => {
  using place = openPlace();
  const mac = '02:42:00:00:00:01';
  const index = createBridge(place.route, { name: 'br0', mac, alias: 'pontoon:t:br', mtu: 1400, up: true });
  const bridge = linkByName(place.route, 'br0');
  assert.deepEqual(linkByIndex(place.route, index)?.name, 'br0');
  assert.equal(bridge?.kind, 'bridge');
  assert.deepEqual([bridge?.mac, bridge?.alias, bridge?.mtu, bridge?.up], [mac, 'pontoon:t:br', 1400, true]);
  assert.equal(bridge?.group, 0);
});

test('a veth pair is born with one end on the bridge and the other in its namespace, named and up', () => {
  using place = openPlace();
  const master = createBridge(place.route, { name: 'br0', up: true });
  const limits = { gsoMaxSize: 131072, groMaxSize: 131072, gsoIpv4MaxSize: 131072, groIpv4MaxSize: 131072 };
  const peer = {
    name: 'eth0',
    namespace: place.inside,
    mac: MAC,
    mtu: 1400,
    up: true,
    ...limits,
    gsoMaxSegments: 43,
  };
  const veth = {
    name: 'veth0',
    master,
    alias: 'pontoon:t:1',
    mtu: 1400,
    up: true,
    isolated: true,
    ...limits,
  };
  const index = createVeth(place.route, { ...veth, peer });

  const outer = linkByName(place.route, 'veth0');
  assert.equal(outer?.index, index);
  assert.deepEqual(
    [outer?.master, outer?.alias, outer?.isolated, outer?.up],
    [master, 'pontoon:t:1', true, true],
  );
  assert.equal(outer?.gsoMaxSize, 131072);
  assert.equal(outer?.gsoIpv4MaxSize, 131072);
  const inside = openRoute(place.inside);
  const inner = linkByName(inside, 'eth0');
  assert.deepEqual([inner?.mac, inner?.mtu, inner?.up, inner?.gsoMaxSize], [MAC, 1400, true, 131072]);
  assert.deepEqual([outer?.gsoMaxSegments, inner?.gsoMaxSegments], [65_535, 43]);
  assert.ok(inner?.statistics && inner.statistics.rxErrors === 0);
  inside.close();
});

test('a link that could not get its alias yet is known by its group', () => {
  using place = openPlace();
  const peer = { name: 'eth0', namespace: place.inside };
  createVeth(place.route, { name: 'veth0', group: UNFINISHED_GROUP, peer });
  assert.equal(linkByName(place.route, 'veth0')?.group, UNFINISHED_GROUP);
});

test('the kernel says why it refuses, and the error carries its code', () => {
  using place = openPlace();
  createBridge(place.route, { name: 'br0' });
  assert.throws(
    () => createBridge(place.route, { name: 'br0' }),
    (error) => isSystemError(error, 'EEXIST') && error.message.includes('RTM_NEWLINK br0'),
  );
  const nowhere = { gateway: '198.51.100.1' };
  assert.throws(
    () => addRoute(place.route, nowhere),
    (error) => isSystemError(error, 'ENETUNREACH') && error.message.includes('Nexthop has invalid gateway'),
  );
});

test('deleting what is gone is no error', () => {
  using place = openPlace();
  const link = createBridge(place.route, { name: 'br0', up: true });
  const address = { link, address: '198.51.100.1', prefixLength: 24 };
  addAddress(place.route, address);
  assert.equal(deleteAddress(place.route, address), true);
  assert.equal(deleteAddress(place.route, address), false);
  assert.equal(deleteRoute(place.route, { destination: '203.0.113.0/24', link }), false);
  assert.equal(deleteLink(place.route, link), true);
  assert.equal(deleteLink(place.route, link), false);
  assert.equal(deleteLink(place.route, { name: 'br0' }), false);
  assert.equal(linkByName(place.route, 'br0'), undefined);
});

test('addresses and routes of both families are listed as they were added', () => {
  using place = openPlace();
  const link = createBridge(place.route, { name: 'br0', up: true });
  addAddress(place.route, { link, address: '198.51.100.1', prefixLength: 24, broadcast: '198.51.100.255' });
  addAddress(place.route, { link, address: '2001:db8::1', prefixLength: 64, noDad: true });
  addRoute(place.route, { destination: '203.0.113.0/24', gateway: '198.51.100.7', mtu: 1280, metric: 5 });
  addRoute(place.route, { gateway: '2001:db8::7', link });
  addRoute(place.route, { gateway: '198.51.100.8', link });
  addRoute(place.route, { gateway: '198.51.100.9', link, replace: true });

  const addresses = listAddresses(place.route, { link }).map(({ address, prefixLength }) => [
    address,
    prefixLength,
  ]);
  assert.deepEqual(addresses.slice(0, 2), [
    ['198.51.100.1', 24],
    ['2001:db8::1', 64],
  ]);
  const routes = listRoutes(place.route, { family: 4 });
  const far = routes.find(({ destination }) => destination === '203.0.113.0/24');
  assert.deepEqual([far?.gateway, far?.mtu, far?.metric, far?.link], ['198.51.100.7', 1280, 5, link]);
  assert.equal(routes.find(({ destination }) => destination === '0.0.0.0/0')?.gateway, '198.51.100.9');
  const default6 = listRoutes(place.route, { family: 6 }).find(({ destination }) => destination === '::/0');
  assert.equal(default6?.gateway, '2001:db8::7');
  assert.equal(deleteRoute(place.route, { gateway: '198.51.100.9', link }), true);
});

test('links are listed by kind and by bridge', () => {
  using place = openPlace();
  const master = createBridge(place.route, { name: 'br0' });
  createBridge(place.route, { name: 'br1' });
  createVeth(place.route, { name: 'veth0', master, peer: { name: 'eth0', namespace: place.inside } });
  createVeth(place.route, { name: 'veth1', peer: { name: 'eth1', namespace: place.inside } });
  const names = (links: { name: string }[]) => links.map(({ name }) => name).sort();
  assert.deepEqual(names(listLinks(place.route)), ['br0', 'br1', 'lo', 'veth0', 'veth1']);
  assert.deepEqual(names(listLinks(place.route, { kind: 'bridge' })), ['br0', 'br1']);
  assert.deepEqual(names(listLinks(place.route, { master })), ['veth0']);
});

test('a link takes a new name, size, address and bridge in one message', () => {
  using place = openPlace();
  const master = createBridge(place.route, { name: 'br0', up: true });
  const index = createVeth(place.route, { name: 'veth0', peer: { name: 'eth0', namespace: place.inside } });
  changeLink(place.route, index, { name: 'port0', mtu: 1300, mac: MAC, master, alias: 'a', up: true });
  const link = linkByIndex(place.route, index);
  assert.deepEqual(
    [link?.name, link?.mtu, link?.mac, link?.master, link?.up],
    ['port0', 1300, MAC, master, true],
  );
  changeLink(place.route, index, { isolated: true, hairpin: true, gsoMaxSegments: 11 });
  assert.deepEqual(linkByIndex(place.route, index)?.gsoMaxSegments, 11);
  assert.deepEqual(linkByIndex(place.route, index)?.isolated, true);
  changeLink(place.route, index, { isolated: false, up: false });
  const after = linkByIndex(place.route, index);
  assert.deepEqual([after?.isolated, after?.hairpin, after?.up], [false, true, false]);
  changeLink(place.route, index, { namespace: place.inside });
  assert.equal(linkByIndex(place.route, index), undefined);
});

test('a macvlan is born in another namespace; ipvlan works or is refused by a clear code', () => {
  using place = openPlace();
  const parent = createBridge(place.route, { name: 'br0', up: true });
  createMacvlan(place.route, { name: 'mv0', parent, mode: 'bridge', namespace: place.inside, up: true });
  const inside = openRoute(place.inside);
  assert.equal(linkByName(inside, 'mv0')?.kind, 'macvlan');
  inside.close();
  try {
    createIpvlan(place.route, { name: 'iv0', parent, mode: 'l2' });
    assert.equal(linkByName(place.route, 'iv0')?.kind, 'ipvlan');
  } catch (error) {
    assert.ok(isSystemError(error, 'ENOTSUP'), String(error));
  }
});

test('changes of links are reported to who subscribed, in the namespace that was asked for', async () => {
  using place = openPlace();
  const seen = Promise.withResolvers<number[]>();
  const subscription = subscribe(
    ['link'],
    ({ messages }) => seen.resolve(messages.map(({ type }) => type)),
    place.host,
  );
  createBridge(place.route, { name: 'br0' });
  assert.ok((await seen.promise).includes(16 /* RTM_NEWLINK */));
  subscription.close();
});
