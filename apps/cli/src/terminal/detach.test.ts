import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeys, watchKeys } from './detach.ts';

const type = (watch: ReturnType<typeof watchKeys>, text: string) => {
  const { bytes, detached } = watch(Buffer.from(text, 'latin1'));
  return [bytes.toString('latin1'), detached];
};

test('the keys detach, also when they come one by one, and never reach the process', () => {
  const watch = watchKeys(parseKeys('ctrl-p,ctrl-q'));
  assert.deepEqual(type(watch, 'ls\x10'), ['ls', false]);
  assert.deepEqual(type(watch, '\x11rest'), ['', true]);
});

test('a first key that is followed by another is passed on after all', () => {
  const watch = watchKeys(parseKeys('ctrl-p,ctrl-q'));
  assert.deepEqual(type(watch, '\x10'), ['', false]);
  assert.deepEqual(type(watch, 'x'), ['\x10x', false]);
  assert.deepEqual(type(watch, '\x10\x10\x11'), ['\x10', true]);
});

test('keys can be chosen, and wrong ones are refused', () => {
  assert.deepEqual(parseKeys('ctrl-],a'), [0x1d, 97]);
  assert.throws(() => parseKeys('ctrl-@@'), {
    message: "invalid detach keys (ctrl-@@) provided: Unknown character: 'ctrl-@@'",
  });
});
