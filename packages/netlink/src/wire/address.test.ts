import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, addressText, familyOf, macBytes, prefixOf } from './address.ts';

test('addresses are read in all their forms and written in the canonical one', () => {
  const forms = [
    ['198.51.100.7', '198.51.100.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:198.51.100.7', '::ffff:c633:6407'],
    ['fe80::1%eth0', 'fe80::1'],
  ] as const;
  for (const [given, canonical] of forms) assert.equal(addressText(addressBytes(given)), canonical, given);
});

test('what is no address is refused', () => {
  for (const text of ['', '1.2.3', '300.1.1.1', 'g::', '1:2'])
    assert.throws(() => addressBytes(text), TypeError, text);
  for (const text of ['', '02:42', '02:42:ac:11:00:0g']) assert.throws(() => macBytes(text), TypeError, text);
});

test('a prefix without a length is one host', () => {
  assert.deepEqual(prefixOf('10.0.0.0/8'), { address: '10.0.0.0', length: 8 });
  assert.deepEqual(prefixOf('10.0.0.1'), { address: '10.0.0.1', length: 32 });
  assert.deepEqual(prefixOf('2001:db8::1'), { address: '2001:db8::1', length: 128 });
  assert.equal(familyOf('2001:db8::1'), 10);
});
