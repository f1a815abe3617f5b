import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now_ns, parseTime, timestamp } from './time.ts';

test('times keep their nanoseconds, there and back', () => {
  const at = parseTime('2026-11-29T01:02:03.000000456Z');
  assert.equal(at === undefined ? '' : timestamp(at), '2026-11-29T01:02:03.000000456Z');
  assert.equal(parseTime('1700000000.5'), 1_700_000_000_500_000_000n);
  assert.equal(parseTime('yesterday'), undefined);
});

test('no two moments are the same', () => {
  const [first, second] = [now_ns(), now_ns()];
  assert.ok(first < second);
});
