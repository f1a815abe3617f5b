import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBytes, parseBytesOrUnlimited, parseCpus, parseDuration } from './values.ts';

test('sizes are binary multiples, whatever the letter case and the unit behind', () => {
  for (const [given, bytes] of [
    ['512', 512],
    ['64m', 67_108_864],
    ['1.5GiB', 1_610_612_736],
    ['2kb', 2048],
    ['1T', 2 ** 40],
  ] as const)
    assert.equal(parseBytes(given), bytes);
  assert.equal(parseBytesOrUnlimited('-1'), -1);
  for (const wrong of ['', 'x', '-5', '5x', '1.m']) assert.throws(() => parseBytes(wrong), /invalid size/);
});

test('CPUs are counted in billionths', () => {
  assert.equal(parseCpus('1.5'), 1_500_000_000);
  assert.equal(parseCpus('.5'), 500_000_000);
  assert.equal(parseCpus('1/4'), 250_000_000);
  assert.throws(() => parseCpus('x'), { message: 'failed to parse x as a rational number' });
  assert.throws(() => parseCpus('0.0000000001'), /too precise/);
});

test('durations add up to nanoseconds', () => {
  assert.equal(parseDuration('1m30s'), 90e9);
  assert.equal(parseDuration('1.5h'), 5400e9);
  assert.equal(parseDuration('500ms'), 5e8);
  assert.throws(() => parseDuration('5'), { message: 'time: invalid duration "5"' });
});
