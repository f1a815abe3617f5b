import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contains, formatAddress, formatPrefix, lastOf, overlap, parseAddress, prefix } from './address.ts';

const canonical = (text: string): string | undefined => {
  const parsed = parseAddress(text);
  return parsed && formatAddress(parsed);
};

test('an IPv6 address is written as RFC 5952 wants it, however it came in', () => {
  const texts: [string, string][] = [
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['fe80::', 'fe80::'],
  ];
  for (const [given, wanted] of texts) assert.equal(canonical(given), wanted, given);
});

test('what is no address is told apart: too few numbers, too large ones, a zone, a name', () => {
  for (const text of ['172.17.0', '172.17.0.256', '1.2.3.4.5', ':::', 'fe80::1%eth0', 'host', ''])
    assert.equal(parseAddress(text), undefined, text);
});

test('a prefix starts at its first address and ends at its last', () => {
  const subnet = prefix('172.17.5.9/20');
  assert.equal(formatPrefix(subnet), '172.17.0.0/20');
  assert.equal(formatAddress(lastOf(subnet)), '172.17.15.255');
  assert.equal(formatAddress(lastOf(prefix('2001:db8::/64'))), '2001:db8::ffff:ffff:ffff:ffff');
});

test('prefixes overlap where one holds the other, never across families', () => {
  assert.ok(overlap(prefix('10.0.0.0/8'), prefix('10.255.0.0/16')));
  assert.ok(overlap(prefix('10.255.0.0/16'), prefix('10.0.0.0/8')));
  assert.ok(!overlap(prefix('10.0.0.0/9'), prefix('10.128.0.0/9')));
  assert.ok(!overlap(prefix('0.0.0.0/0'), prefix('::/0')));
  assert.ok(!contains(prefix('10.0.0.0/30'), parseAddress('10.0.0.4')!));
});
