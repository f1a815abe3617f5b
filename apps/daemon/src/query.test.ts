import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filters, flag, integer } from './query.ts';

const of = (text: string): URLSearchParams => new URLSearchParams(text);

test('a flag is true unless its value says no', () => {
  for (const yes of ['a=1', 'a=true', 'a=x']) assert.ok(flag(of(yes), 'a'), yes);
  for (const no of ['', 'a=', 'a=0', 'a=False', 'a=none', 'a=no']) assert.ok(!flag(of(no), 'a'), no);
  assert.ok(flag(of(''), 'a', true));
});

test('a number that is none is refused', () => {
  assert.equal(integer(of('t=-1'), 't'), -1);
  assert.equal(integer(of(''), 't'), undefined);
  assert.throws(() => integer(of('t=x'), 't'), { message: 'strconv.ParseInt: parsing "x": invalid syntax' });
});

test('filters come as lists, or as the maps of old clients', () => {
  assert.deepEqual(filters(of('filters={"name":["a","b"]}')), { name: ['a', 'b'] });
  assert.deepEqual(filters(of('filters={"name":{"a":true,"b":false}}')), { name: ['a'] });
  assert.deepEqual(filters(of('')), {});
  for (const wrong of ['x', '[]', '{"a":1}', 'null']) {
    assert.throws(() => filters(of(`filters=${wrong}`)), { kind: 'invalid', message: 'invalid filter' });
  }
});
