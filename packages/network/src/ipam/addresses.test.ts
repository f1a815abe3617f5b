import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subnet } from '../intent.ts';
import { AddressSpace } from './addresses.ts';

const space = (changes: Partial<Subnet> = {}): AddressSpace =>
  new AddressSpace({ family: 4, subnet: '172.17.0.0/16', gateway: '172.17.0.1', ...changes });

test('the lowest free address is given, and one that was given back is free again', () => {
  const addresses = space();
  assert.deepEqual(
    [addresses.take(), addresses.take(), addresses.take()],
    ['172.17.0.2', '172.17.0.3', '172.17.0.4'],
  );
  addresses.release('172.17.0.3');
  assert.equal(addresses.take(), '172.17.0.3');
  assert.equal(addresses.take(), '172.17.0.5');
});

test('network, broadcast, gateway and reserved addresses are never given', () => {
  const small = space({ subnet: '10.0.0.0/29', gateway: '10.0.0.1', auxiliary: { router: '10.0.0.3' } });
  const all = Array.from({ length: 5 }, () => small.take());
  assert.deepEqual(all, ['10.0.0.2', '10.0.0.4', '10.0.0.5', '10.0.0.6', undefined]);
});

test('giving back a reserved address does not free it', () => {
  const small = space({ subnet: '10.0.0.0/30', gateway: '10.0.0.1' });
  small.release('10.0.0.1');
  small.release('10.0.0.0');
  assert.equal(small.take(), '10.0.0.2');
  assert.equal(small.take(), undefined);
});

test('of a range only its part is given by itself, while any address of the subnet may be asked for', () => {
  const ranged = space({ range: '172.17.9.0/30' });
  assert.equal(ranged.take(), '172.17.9.0');
  assert.equal(ranged.take('172.17.200.1'), '172.17.200.1');
});

test('an address that is taken, or outside, is refused in the words of Docker', () => {
  const addresses = space();
  addresses.take('172.17.0.9');
  assert.throws(() => addresses.take('172.17.0.9'), { message: 'Address already in use' });
  assert.throws(() => addresses.take('172.17.0.1'), { message: 'Address already in use' });
  const outside = 'no configured subnet or ip-range contain the IP address 10.1.1.1';
  assert.throws(() => addresses.take('10.1.1.1'), { message: outside });
});

test('a point-to-point subnet has no network or broadcast address to spare', () => {
  const pair = space({ subnet: '10.0.0.0/31', gateway: '10.0.0.0' });
  assert.equal(pair.take(), '10.0.0.1');
});

test('an IPv6 subnet gives its addresses in the same order', () => {
  const six = space({ family: 6, subnet: '2001:db8::/64', gateway: '2001:db8::1' });
  assert.deepEqual([six.take(), six.take()], ['2001:db8::2', '2001:db8::3']);
});
