import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkIntent, PublishedPort } from '../intent.ts';
import { describeElement, networkElements, portElements, SET_NAMES } from './elements.ts';
import { rulesetText } from './table.ts';

const network = (changes: Partial<NetworkIntent> = {}): NetworkIntent => ({
  ...{ id: 'n1', name: 'front', driver: 'bridge', bridge: 'br-n1', isDefault: false },
  subnets: [{ family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
  ...{ internal: false, icc: true, masquerade: true, ...changes },
});

const endpoint = {
  addresses: [
    { family: 4 as const, address: '172.18.0.2', prefixLength: 16 },
    { family: 6 as const, address: 'fd00::2', prefixLength: 64 },
  ],
};

const port = (changes: Partial<PublishedPort> = {}): PublishedPort => ({
  ...{ protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080, count: 1, ...changes },
});

const published = (changes: Partial<PublishedPort>, of = network()): string[] =>
  portElements(of, endpoint, [port(changes)]).map(describeElement);

const setsOf = (changes: Partial<NetworkIntent>): string[] =>
  networkElements(network(changes)).map(({ set }) => set);

test('a port is one element: on every address, on one, in each family', () => {
  assert.deepEqual(published({}), ['published4 { tcp . 8080 : 172.18.0.2 . 80 }']);
  assert.deepEqual(published({ hostAddress: '127.0.0.1', protocol: 'udp' }), [
    'published4_at { 127.0.0.1 . udp . 8080 : 172.18.0.2 . 80 }',
  ]);
  assert.deepEqual(published({ hostAddress: '::' }), ['published6 { tcp . 8080 : fd00::2 . 80 }']);
});

test('a range with the same numbers on both sides is one element, however wide', () => {
  const range = { hostPort: 20_000, containerPort: 20_000, count: 10_000 };
  assert.deepEqual(published(range), [
    'published4_range { 0.0.0.0 . tcp . 20000 to 255.255.255.255 . tcp . 29999 : 172.18.0.2 }',
  ]);
});

test('a range with other numbers inside is an element a port', () => {
  assert.deepEqual(published({ count: 2 }), [
    'published4 { tcp . 8080 : 172.18.0.2 . 80 }',
    'published4 { tcp . 8081 : 172.18.0.2 . 81 }',
  ]);
});

test('an allow-list guards the port, and a source within another is not named twice', () => {
  const elements = published({ allow: ['198.51.100.0/24', '198.51.100.7', '2001:db8::/32'] });
  assert.deepEqual(elements.slice(1), [
    'guarded4 { 0.0.0.0 . tcp . 8080 to 255.255.255.255 . tcp . 8080 }',
    'allowed4 { 198.51.100.0 . 0.0.0.0 . tcp . 8080 to 198.51.100.255 . 255.255.255.255 . tcp . 8080 }',
  ]);
});

test('an empty allow-list lets nobody in', () => {
  assert.deepEqual(
    published({ allow: [] }).map((text) => text.split(' ')[0]),
    ['published4', 'guarded4'],
  );
});

test('a routed network opens the port inside and translates nothing', () => {
  const routed = network({ gatewayMode4: 'routed' });
  assert.deepEqual(published({}, routed), ['open4 { 172.18.0.2 . tcp . 80 to 172.18.0.2 . tcp . 80 }']);
});

test('an internal network publishes nothing', () => {
  assert.deepEqual(published({}, network({ internal: true })), []);
});

test('what a network may is a matter of the sets that its bridge is in', () => {
  assert.deepEqual(setsOf({}), ['bridges', 'same_network', 'talking', 'masqueraded']);
  assert.deepEqual(setsOf({ icc: false }), ['bridges', 'same_network', 'masqueraded']);
  assert.deepEqual(setsOf({ internal: true }), ['bridges', 'same_network', 'talking', 'internal']);
  assert.deepEqual(setsOf({ masquerade: false }), ['bridges', 'same_network', 'talking']);
  assert.deepEqual(setsOf({ hostAddress4: '198.51.100.9' }), [
    'bridges',
    'same_network',
    'talking',
    'source4',
  ]);
  assert.deepEqual(setsOf({ gatewayMode4: 'routed' }).at(-1), 'routed');
  assert.deepEqual(setsOf({ gatewayMode4: 'nat-unprotected' }).slice(-2), ['unprotected', 'masqueraded']);
  assert.deepEqual(setsOf({ driver: 'macvlan', bridge: '' }), []);
});

test('the rules have every set that the engine fills, and no other but the version', () => {
  const declared = [...rulesetText().text.matchAll(/^\t(?:set|map) (\w+) \{/gm)].map((match) => match[1]!);
  assert.deepEqual(declared.toSorted(), [...SET_NAMES].toSorted());
});
