import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishedPort } from '../intent.ts';
import { joined, overlap, singles, without } from './ranges.ts';

const range = (hostPort: number, count: number, containerPort = hostPort): PublishedPort => ({
  ...{ protocol: 'tcp', hostAddress: '0.0.0.0', hostPort, containerPort, count },
});

test('a part that goes leaves what is before and behind it, at the same distance inside', () => {
  assert.deepEqual(without(range(9000, 10, 80), range(9003, 2, 83)), [
    range(9000, 3, 80),
    range(9005, 5, 85),
  ]);
  assert.deepEqual(without(range(9000, 10), range(9000, 10)), []);
  assert.deepEqual(without(range(9000, 10), range(8990, 12)), [range(9002, 8)]);
});

test('singles and joined are each other’s undoing for ranges of the same numbers', () => {
  assert.deepEqual(joined(singles([range(9000, 1000)]).toReversed()), [range(9000, 1000)]);
});

test('ports of different numbers, allow-lists or addresses are not joined', () => {
  for (const ports of [
    [range(9000, 1, 80), range(9001, 1, 81)],
    [range(9000, 1), { ...range(9001, 1), allow: ['198.51.100.0/24'] }],
    [range(9000, 1), { ...range(9001, 1), hostAddress: '127.0.0.1' }],
    [range(9000, 1), range(9002, 1)],
  ])
    assert.equal(joined(ports).length, 2);
});

test('a routed port has no number on the host, whichever of a range it is', () => {
  assert.deepEqual(
    singles([range(0, 2, 80)]).map(({ hostPort, containerPort }) => [hostPort, containerPort]),
    [
      [0, 80],
      [0, 81],
    ],
  );
});

test('ports meet by protocol and family', () => {
  assert.ok(overlap(range(9000, 10), range(9009, 1)));
  assert.ok(!overlap(range(9000, 10), range(9010, 1)));
  assert.ok(!overlap(range(9000, 10), { ...range(9009, 1), protocol: 'udp' }));
  assert.ok(!overlap(range(9000, 10), { ...range(9009, 1), hostAddress: '::' }));
});
