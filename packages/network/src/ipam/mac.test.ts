import assert from 'node:assert/strict';
import { test } from 'node:test';
import { macOf, parseMac } from './mac.ts';

test('the MAC address comes from the address, as Docker derives it', () => {
  assert.equal(macOf('172.17.0.2'), '02:42:ac:11:00:02');
  assert.equal(macOf('10.255.0.128'), '02:42:0a:ff:00:80');
});

test('a MAC address is read in any of its writings, and one of a group is refused', () => {
  assert.equal(parseMac('02-42-AC-11-00-02'), '02:42:ac:11:00:02');
  for (const text of ['02:42:ac:11:00', '02:42:ac:11:00:zz', '01:00:5e:00:00:01', ''])
    assert.throws(() => parseMac(text), /is not a valid mac address/, text);
});
