import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ellipsis, humanDuration, humanMemory, humanSize, shortId } from './human.ts';

test('durations are told as Docker tells them', () => {
  const second = 1000;
  const hour = 3600 * second;
  const told: [number, string][] = [
    [0, 'Less than a second'],
    [second, '1 second'],
    [59 * second, '59 seconds'],
    [60 * second, 'About a minute'],
    [150 * second, '2 minutes'],
    [hour, 'About an hour'],
    [47 * hour, '47 hours'],
    [48 * hour, '2 days'],
    [14 * 24 * hour, '2 weeks'],
    [60 * 24 * hour, '2 months'],
    [730 * 24 * hour, '2 years'],
  ];
  for (const [duration_ms, text] of told) assert.equal(humanDuration(duration_ms), text);
});

test('sizes are decimal, memory is binary', () => {
  assert.equal(humanSize(4_270_000), '4.27MB');
  assert.equal(humanSize(1_986_000, 4), '1.986MB');
  assert.equal(humanSize(0), '0B');
  assert.equal(humanMemory(8_220_500_000), '7.656GiB');
});

test('ids and long words are cut', () => {
  assert.equal(shortId('sha256:0123456789abcdef'), '0123456789ab');
  assert.equal(ellipsis('while true; do', 6), 'while…');
  assert.equal(ellipsis('short', 5), 'short');
});
