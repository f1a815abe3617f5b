import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { decodeFrames, encodeFrame, type Frame } from './frames.ts';

async function decoded(chunks: Uint8Array[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { stream, bytes } of decodeFrames(Readable.from(chunks))) {
    found.push(`${stream}:${Buffer.from(bytes).toString()}`);
  }
  return found;
}

test('a frame is its stream, three zeros, its length and its bytes', () => {
  assert.deepEqual([...encodeFrame('stderr', Buffer.from('hi'))], [2, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]);
});

test('frames are found whatever the chunks they come in', async () => {
  const frames: [Frame['stream'], string][] = [
    ['stdout', 'one'],
    ['stderr', 'two'],
    ['stdout', ''],
    ['stdout', 'three'],
  ];
  const all = Buffer.concat(frames.map(([stream, text]) => encodeFrame(stream, Buffer.from(text))));
  for (let size = 1; size <= all.length; size++) {
    const chunks = [];
    for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
    const joined = { stdout: '', stderr: '' };
    for (const part of await decoded(chunks)) {
      const [stream, text = ''] = part.split(':');
      joined[stream as 'stdout' | 'stderr'] += text;
    }
    assert.deepEqual(joined, { stdout: 'onethree', stderr: 'two' }, `chunks of ${size}`);
  }
});

test('a part of a frame is told as soon as it is there', async () => {
  const frame = encodeFrame('stdout', Buffer.from('slow'));
  assert.deepEqual(await decoded([frame.subarray(0, 10), frame.subarray(10)]), ['stdout:sl', 'stdout:ow']);
});

test('a stream that ends inside a header ends quietly, an unknown stream does not', async () => {
  assert.deepEqual(await decoded([Buffer.from([1, 0, 0])]), []);
  await assert.rejects(decoded([Buffer.from([9, 0, 0, 0, 0, 0, 0, 1, 0])]), /unrecognized stream: 9/);
});
