import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timestamp } from './time.ts';

test('times are absolute, relative, or seconds since 1970', () => {
  assert.equal(timestamp('since', '42m', 3_600_000_000), '3597480.000000000');
  assert.equal(timestamp('since', '1700000000.5'), '1700000000.5');
  assert.equal(timestamp('since', '2013-01-02T13:23:37Z'), '1357133017.000000000');
  assert.equal(timestamp('since', '2013-01-02T13:23:37.123456789Z'), '1357133017.123456789');
  assert.equal(timestamp('since', '2013-01-02T13:23:37+01:00'), '1357129417.000000000');
  assert.throws(() => timestamp('since', 'yesterday'), {
    message: 'invalid value for "since": failed to parse value as time or duration: "yesterday"',
  });
});
