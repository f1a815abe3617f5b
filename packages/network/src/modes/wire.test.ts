import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkIntent } from '../intent.ts';
import type { Outside, Uplink } from '../uplink.ts';
import { wireOf } from './wire.ts';

const network: NetworkIntent = {
  ...{ id: 'n1', name: 'trees', driver: 'bridge', bridge: 'br-n1', isDefault: false, subnets: [] },
  ...{ internal: false, icc: true, masquerade: true },
};
const uplink = (changes: Partial<Uplink> = {}): Uplink => ({
  ...{ name: 'uplink0', mtu: 1500, gsoMaxSize: 65_536, gsoMaxSegments: 65_535, ...changes },
});
const outside = (four?: Uplink, six?: Uplink): Outside => ({
  ...{ largestOffload: 524_280 },
  ...(four ? { 4: four } : {}),
  ...(six ? { 6: six } : {}),
});
const INSIDE = { mtu: 9000, offload: 262_144 };

test('inside the frames are large, and what leaves has the size of the uplink', () => {
  const outward = { mtu: { 4: 1500, 6: 1500 }, segments: 43 };
  assert.deepEqual(wireOf(network, outside(uplink())), { ...INSIDE, outward });
});

test('a train that leaves is never longer than what the uplink takes in one piece', () => {
  for (const [mtu, gsoMaxSize] of [
    [1500, 65_536],
    [1400, 16_384],
    [1280, 8_192],
    [9000, 65_536],
    [1500, 262_144],
  ] as const) {
    const { outward } = wireOf(network, outside(uplink({ mtu, gsoMaxSize })));
    assert.ok(outward && outward.segments >= 1 && outward.segments * outward.mtu[4] <= gsoMaxSize);
    assert.ok((outward.segments + 1) * outward.mtu[4] > gsoMaxSize, 'and no shorter than it need be');
  }
});

test('an uplink that counts segments is followed in that too', () => {
  assert.equal(wireOf(network, outside(uplink({ gsoMaxSegments: 16 }))).outward?.segments, 16);
});

test('each family follows its own uplink, the trains the smaller of them', () => {
  const two = outside(uplink({ mtu: 1400 }), uplink({ name: 'tunnel0', mtu: 1280, gsoMaxSize: 16_384 }));
  assert.deepEqual(wireOf(network, two).outward, { mtu: { 4: 1400, 6: 1280 }, segments: 12 });
});

test('an MTU below the smallest of IPv6 is none for IPv6', () => {
  assert.deepEqual(wireOf(network, outside(uplink({ mtu: 1000 }))).outward?.mtu, { 4: 1000, 6: 1280 });
});

test('without an uplink what leaves is as usual, for there may be one later', () => {
  assert.deepEqual(wireOf(network, outside()).outward, { mtu: { 4: 1500, 6: 1500 }, segments: 43 });
});

test('an uplink with larger frames than inside sets no other limit than its trains', () => {
  const outward = { mtu: { 4: 9000, 6: 9000 }, segments: 7 };
  assert.deepEqual(wireOf(network, outside(uplink({ mtu: 65_000 }))).outward, outward);
});

test('an internal network has no way out to adapt to', () => {
  assert.deepEqual(wireOf({ ...network, internal: true }, outside(uplink())), INSIDE);
});

test('a network with an MTU of its own is taken at its word', () => {
  const own = { ...network, mtu: 1500 };
  assert.deepEqual(wireOf(own, outside(uplink({ mtu: 1400 }))), { mtu: 1500, offload: 65_536 });
  assert.deepEqual(wireOf(own, outside(uplink({ gsoMaxSize: 131_072 }))), { mtu: 1500, offload: 131_072 });
  assert.deepEqual(wireOf(own, outside(uplink({ gsoMaxSize: 16_384 }))), { mtu: 1500, offload: 65_536 });
  assert.deepEqual(wireOf({ ...own, offload: 131_072 }, outside()), { mtu: 1500, offload: 131_072 });
});

test('pontoon.offload sets the trains, and 0 leaves them to the kernel', () => {
  assert.equal(wireOf({ ...network, offload: 131_072 }, outside()).offload, 131_072);
  assert.equal(wireOf({ ...network, offload: 0 }, outside()).offload, undefined);
  assert.equal(wireOf({ ...network, mtu: 1500, offload: 0 }, outside()).offload, undefined);
});

test('a kernel that knows no large trains is asked for none', () => {
  assert.equal(wireOf(network, { largestOffload: 65_536 }).offload, 65_536);
  assert.equal(wireOf({ ...network, offload: 10 ** 9 }, { largestOffload: 524_280 }).offload, 524_280);
});

test('a bridge that was there before stays as it is', () => {
  assert.deepEqual(wireOf(network, outside(uplink()), true), { mtu: undefined, offload: undefined });
});

test('a macvlan link has the size of what it stands on, or its own', () => {
  assert.deepEqual(wireOf({ ...network, driver: 'macvlan' }, outside(uplink())), { mtu: undefined });
  assert.deepEqual(wireOf({ ...network, driver: 'macvlan', mtu: 1400 }, outside()), { mtu: 1400 });
});
