import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Change,
  decodeKey,
  deleteTable,
  type Element,
  encodeKey,
  isSystemError,
  type KeyPart,
  listElements,
  listTables,
  subscribe,
  transaction,
} from '@pontoon/netlink';
import { openPlace, type Place } from './netlink-place.ts';

const SETS = `table inet t {
  set links { typeof iifname; }
  set pairs { typeof iifname . oifname; }
  set families { typeof iifname . meta nfproto; }
  set single { type inet_service; flags interval; }
  map published { typeof meta l4proto . th dport : ip daddr . th dport; }
  map published6 { typeof meta l4proto . th dport : ip6 daddr . th dport; }
  map ranges { typeof ip daddr . meta l4proto . th dport : ip daddr; flags interval; }
  set allowed { typeof ip saddr . ip daddr . meta l4proto . th dport; flags interval; }
}`;
const tcp: KeyPart = { type: 'protocol', value: 'tcp' };
const port = (value: number): KeyPart => ({ type: 'port', value });
const ipv4 = (value: string): KeyPart => ({ type: 'ipv4', value });
const link = (value: string): KeyPart => ({ type: 'interface', value });

const change = (verb: Change['verb'], set: string, ...elements: Element[]): Change => {
  return { verb, family: 'inet', table: 't', set, elements };
};

function openTable(): Place {
  const place = openPlace();
  place.run(['nft', '-f', '-'], SETS);
  return place;
}

const shown = (place: Place, set: string, kind = 'set') =>
  place.run(['nft', '-nn', 'list', kind, 'inet', 't', set]).replace(/\s+/g, ' ');

test('elements of plain and joined keys read in nft as they were meant', () => {
  using place = openTable();
  transaction(place.netfilter, [
    change('add', 'links', { key: [link('br0')] }),
    change('add', 'pairs', { key: [link('br0'), link('br-123456789ab')] }),
    change('add', 'families', { key: [link('br0'), { type: 'nfproto', value: 2 }] }),
    change('add', 'published', { key: [tcp, port(8080)], value: [ipv4('172.17.0.2'), port(80)] }),
    change('add', 'published6', {
      key: [tcp, port(8080)],
      value: [{ type: 'ipv6', value: '2001:db8::2' }, port(80)],
    }),
  ]);
  assert.match(shown(place, 'links'), /elements = \{ "br0" \}/);
  assert.match(shown(place, 'pairs'), /elements = \{ "br0" \. "br-123456789ab" \}/);
  assert.match(shown(place, 'families'), /elements = \{ "br0" \. (2|ipv4) \}/);
  assert.match(shown(place, 'published', 'map'), /elements = \{ 6 \. 8080 : 172\.17\.0\.2 \. 80 \}/);
  assert.match(shown(place, 'published6', 'map'), /elements = \{ 6 \. 8080 : 2001:db8::2 \. 80 \}/);
});

test('a range of any width is one element, alone or in a joined key', () => {
  using place = openTable();
  const first = [ipv4('0.0.0.0'), tcp, port(20000)];
  const last = [ipv4('255.255.255.255'), tcp, port(29999)];
  const sources = [ipv4('198.51.100.0'), ...first];
  transaction(place.netfilter, [
    change('add', 'single', { key: [port(80)], keyEnd: [port(89)] }, { key: [port(90)], keyEnd: [port(90)] }),
    change('add', 'ranges', { key: first, keyEnd: last, value: [ipv4('172.17.0.2')] }),
    change('add', 'allowed', { key: sources, keyEnd: [ipv4('198.51.100.255'), ...last] }),
  ]);
  assert.match(shown(place, 'single'), /elements = \{ 80-89, 90 \}/);
  assert.match(
    shown(place, 'ranges', 'map'),
    /0\.0\.0\.0(-255\.255\.255\.255|\/0) \. 6 \. 20000-29999 : 172\.17\.0\.2/,
  );
  assert.match(shown(place, 'allowed'), /198\.51\.100\.0(\/24|-198\.51\.100\.255) \. .* \. 6 \. 20000-29999/);
  const [range] = listElements(place.netfilter, { family: 'inet', table: 't', set: 'ranges' });
  assert.deepEqual(range, {
    key: encodeKey(first),
    keyEnd: encodeKey(last),
    value: encodeKey([ipv4('172.17.0.2')]),
  });
  const singles = listElements(place.netfilter, { family: 'inet', table: 't', set: 'single' });
  const bounds = singles.map(({ key, keyEnd }) => [key.readUInt16BE(), keyEnd?.readUInt16BE()]);
  assert.deepEqual(bounds, [
    [80, 89],
    [90, 90],
  ]);
  transaction(place.netfilter, [
    change('delete', 'ranges', { key: first, keyEnd: last }),
    change('delete', 'single', { key: [port(80)], keyEnd: [port(89)] }),
  ]);
  assert.doesNotMatch(shown(place, 'ranges', 'map'), /elements/);
  assert.match(shown(place, 'single'), /elements = \{ 90 \}/);
});

test('a port goes from one container to another in one step', () => {
  using place = openTable();
  const key = [tcp, port(8080)];
  transaction(place.netfilter, [
    change('create', 'published', { key, value: [ipv4('172.17.0.2'), port(80)] }),
  ]);
  const successor = { key, value: [ipv4('172.17.0.3'), port(81)] };
  transaction(place.netfilter, [
    change('delete', 'published', { key }),
    change('create', 'published', successor),
  ]);
  const [element] = listElements(place.netfilter, { family: 'inet', table: 't', set: 'published' });
  assert.deepEqual(decodeKey(['ipv4', 'port'], element?.value ?? Buffer.alloc(0)), successor.value);
  assert.deepEqual(decodeKey(['protocol', 'port'], element?.key ?? Buffer.alloc(0)), key);
});

test('a refused transaction changes nothing, and its error names the element', () => {
  using place = openTable();
  const taken = { key: [tcp, port(8081)], value: [ipv4('172.17.0.9'), port(80)] };
  transaction(place.netfilter, [change('create', 'published', taken)]);
  const wanted = [8080, 8081, 8082].map((number) => ({
    key: [tcp, port(number)],
    value: [ipv4('172.17.0.2'), port(80)],
  }));
  assert.throws(
    () =>
      transaction(place.netfilter, [
        change('add', 'links', { key: [link('br0')] }),
        change('create', 'published', ...wanted),
      ]),
    (error) =>
      isSystemError(error, 'EEXIST') && error.message.includes('element { tcp . 8081 } of published'),
  );
  assert.equal(listElements(place.netfilter, { family: 'inet', table: 't', set: 'published' }).length, 1);
  assert.equal(listElements(place.netfilter, { family: 'inet', table: 't', set: 'links' }).length, 0);
});

test('deleting elements that are gone succeeds, and those beside them go', () => {
  using place = openTable();
  transaction(place.netfilter, [change('add', 'links', { key: [link('a')] }, { key: [link('c')] })]);
  const all = ['a', 'b', 'c', 'd'].map((name) => ({ key: [link(name)] }));
  transaction(place.netfilter, [
    change('delete', 'links', ...all),
    change('add', 'links', { key: [link('e')] }),
  ]);
  assert.match(shown(place, 'links'), /elements = \{ "e" \}/);
});

test('five thousand elements are one transaction', () => {
  using place = openTable();
  const many = Array.from({ length: 5000 }, (_, index) => ({
    key: [tcp, port(10_000 + index)],
    value: [ipv4('172.17.0.2'), port(index)],
  }));
  transaction(place.netfilter, [change('create', 'published', ...many)]);
  assert.equal(listElements(place.netfilter, { family: 'inet', table: 't', set: 'published' }).length, 5000);
  transaction(place.netfilter, [change('delete', 'published', ...many)]);
  assert.equal(listElements(place.netfilter, { family: 'inet', table: 't', set: 'published' }).length, 0);
});

test('tables are listed and deleted; one that is gone is fine; reading it says ENOENT', () => {
  using place = openTable();
  assert.deepEqual(listTables(place.netfilter), [{ family: 'inet', name: 't' }]);
  assert.equal(deleteTable(place.netfilter, 'inet', 't'), true);
  assert.equal(deleteTable(place.netfilter, 'inet', 't'), false);
  const missing = { family: 'inet', table: 't', set: 'links' } as const;
  assert.throws(
    () => listElements(place.netfilter, missing),
    (error) => isSystemError(error, 'ENOENT'),
  );
});

test('a change of the ruleset is reported', async () => {
  using place = openTable();
  const seen = Promise.withResolvers<string>();
  const subscription = subscribe(['nftables'], ({ protocol }) => seen.resolve(protocol), place.host);
  place.run(['nft', 'flush', 'ruleset']);
  assert.equal(await seen.promise, 'netfilter');
  subscription.close();
});
