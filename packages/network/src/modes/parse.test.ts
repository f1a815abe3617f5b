import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMode } from './parse.ts';

test('the four modes are told apart, and any other word is the name of a network', () => {
  assert.deepEqual(parseMode('bridge'), { kind: 'bridge' });
  assert.deepEqual(parseMode('host'), { kind: 'host' });
  assert.deepEqual(parseMode('none'), { kind: 'none' });
  assert.deepEqual(parseMode('container:a79980032bb6'), { kind: 'container', container: 'a79980032bb6' });
  assert.deepEqual(parseMode('backend'), { kind: 'network', network: 'backend' });
  assert.deepEqual(parseMode('containers'), { kind: 'network', network: 'containers' });
});

test('no mode at all, and "default", mean the bridge', () => {
  assert.deepEqual(parseMode(''), { kind: 'bridge' });
  assert.deepEqual(parseMode('default'), { kind: 'bridge' });
});

test('container mode without a container is refused in the words of Docker', () => {
  const words = 'Invalid network mode: invalid container format container:<name|id>';
  for (const text of ['container:', 'container'])
    assert.throws(() => parseMode(text), { kind: 'invalid', message: words }, text);
});
