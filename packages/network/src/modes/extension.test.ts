import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkIntent } from '../intent.ts';
import { bridgeOf, bridgeWithRoom, extensionPlan, ROOM } from './extension.ts';

const network: NetworkIntent = {
  ...{ id: '0123456789abcdef'.repeat(4), name: 'crowd', driver: 'bridge', bridge: 'br-crowd', subnets: [] },
  ...{ internal: false, icc: true, masquerade: true, isDefault: false },
};
const owner = { bridge: 'pontoon0' };
const full = new Map([[0, ROOM.own], ...Array.from({ length: 63 }, (_, at) => [at + 1, 1022] as const)]);

test('endpoints are on the network’s own bridge as long as that has room', () => {
  assert.equal(bridgeWithRoom(network, new Map()), undefined);
  assert.equal(bridgeWithRoom(network, new Map([[0, ROOM.own - 1]])), undefined);
});

test('what has no room there is on the first further bridge that has, also where one became empty', () => {
  assert.equal(bridgeWithRoom(network, new Map([[0, ROOM.own]])), 1);
  assert.equal(
    bridgeWithRoom(
      network,
      new Map([
        [0, ROOM.own],
        [1, ROOM.extension],
        [2, 1],
      ]),
    ),
    2,
  );
  assert.equal(
    bridgeWithRoom(
      network,
      new Map([
        [0, ROOM.own],
        [2, 1],
      ]),
    ),
    1,
  );
});

test('a network of which all bridges are full says so', () => {
  assert.throws(() => bridgeWithRoom(network, new Map(full)), { kind: 'conflict', message: /crowd is full/ });
});

test('no bridge has more ports than the kernel gives it, and all together carry a /16', () => {
  assert.ok(ROOM.own + ROOM.extensions <= 1023 && ROOM.extension + 1 <= 1023);
  assert.ok(ROOM.own + ROOM.extensions * ROOM.extension > 65_000);
});

test('the links have names that the kernel takes, each its own', () => {
  const links = [1, 63].flatMap((extension) =>
    extensionPlan(network, extension, owner, {}).flatMap((step) =>
      step.kind === 'bridge' ? [step.name] : step.kind === 'pair' ? [step.name, step.peer] : [],
    ),
  );
  assert.equal(new Set(links).size, 6);
  for (const name of links) assert.ok(name.length <= 15, name);
  assert.ok(links.includes(bridgeOf(network, 63)));
  assert.equal(bridgeOf(network, undefined), 'br-crowd');
});

test('where containers may not talk, the near end of the cable is isolated and the far end is not', () => {
  const [cable] = extensionPlan({ ...network, icc: false }, 1, owner, {}).filter(
    ({ kind }) => kind === 'pair',
  );
  assert.ok(cable?.kind === 'pair' && cable.isolated === true && cable.bridge === 'br-crowd');
});
