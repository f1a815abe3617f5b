import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { decodeLines } from './lines.ts';

test('values come one a line, though a chunk ends inside a character', async () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"a":"b"}\r\n{"a":"last"}');
  for (let at = 1; at < bytes.length; at++) {
    const values = await Array.fromAsync(
      decodeLines<{ a: string }>(Readable.from([bytes.subarray(0, at), bytes.subarray(at)])),
    );
    assert.deepEqual(
      values.map(({ a }) => a),
      ['é', 'b', 'last'],
    );
  }
});
