import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReport } from '../conmon/spawn.ts';
import { parseExit } from './exits.ts';
import { bundleOf, type Context } from './record.ts';
import { signalNumber } from './state.ts';

test('signals go by number, by name with or without SIG, and real-time ones by distance', () => {
  assert.deepEqual(
    ['9', 'KILL', 'sigterm', 'RTMIN+3', 'SIGRTMAX-1', 64].map(signalNumber),
    [9, 9, 15, 37, 63, 64],
  );
  for (const wrong of ['', '0', '65', 'NOPE', 'RTMIN+99', '-1']) {
    assert.throws(() => signalNumber(wrong), new RegExp(`Invalid signal: ${wrong.replace('+', '\\+')}`));
  }
});

test('only what conmon would write is an exit code', () => {
  assert.deepEqual(['0', '137\n', '-1', '300'].map(parseExit), [0, 137, 255, 255]);
  assert.deepEqual(['', 'x', '1e3', '0x10', '99999999999', '1 2'].map(parseExit), Array(6).fill(undefined));
});

test('a line on the sync pipe that is no report is passed over', () => {
  assert.deepEqual(parseReport('{"data": -1, "message": "no \\"x\\""}'), { data: -1, message: 'no "x"' });
  assert.deepEqual(['', '{', '[]', 'null', '{"data": "1"}'].map(parseReport), Array(5).fill(undefined));
});

test('an id never leads out of the engine’s folders', () => {
  const context = { runRoot: '/run/x' } as Context;
  assert.equal(bundleOf(context, 'abc'), '/run/x/bundles/abc');
  for (const wrong of ['..', '.', 'a/b', '', 'a\0', 'x'.repeat(200)])
    assert.throws(() => bundleOf(context, wrong));
});
