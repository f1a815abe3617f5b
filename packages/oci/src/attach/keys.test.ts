import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetachKeys, parseKeys } from './keys.ts';

test('the keys detach wherever they fall, also split over two inputs, and do not reach the process', () => {
  const keys = new DetachKeys();
  assert.deepEqual(keys.find(Buffer.from('a\x10')), { pass: Buffer.from('a'), detached: false });
  assert.deepEqual(keys.find(Buffer.from('\x11b')), { pass: Buffer.alloc(0), detached: true });
});

test('a half-typed sequence is passed on once another key follows', () => {
  const keys = new DetachKeys();
  assert.equal(keys.find(Buffer.from('\x10')).pass.length, 0);
  assert.deepEqual(keys.find(Buffer.from('x')), { pass: Buffer.from('\x10x'), detached: false });
  assert.deepEqual(keys.find(Buffer.from('\x10\x10\x11')), { pass: Buffer.from('\x10'), detached: true });
});

test('keys are written as Docker writes them, and others are refused with its text', () => {
  assert.deepEqual(parseKeys('ctrl-],a,ctrl-@'), [0x1d, 0x61, 0]);
  assert.throws(
    () => parseKeys('ctrl-p,escape'),
    /invalid detach keys \(ctrl-p,escape\) provided: Unknown character: 'escape'/,
  );
});
