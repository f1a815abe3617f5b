import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptOf, encodeMessage, opcodes, readFrames } from './websocket.ts';

const handshake = {
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

async function framesOf(...parts: number[][]): Promise<{ opcode: number; text: string }[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const part of parts) yield Buffer.from(part);
  }
  const frames = await Array.fromAsync(readFrames(bytes()));
  return frames.map(({ opcode, payload }) => ({ opcode, text: payload.toString() }));
}

// RFC 6455, section 5.7: a single-frame masked text message, "Hello".
const hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

test('the answer to a client’s key is that of RFC 6455, section 1.3', () => {
  assert.equal(acceptOf(handshake), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('what is no handshake is refused', () => {
  for (const wrong of [
    {},
    { ...handshake, 'sec-websocket-version': '8' },
    { ...handshake, upgrade: 'tcp' },
  ]) {
    assert.throws(() => acceptOf(wrong), /not a WebSocket handshake/);
  }
});

test('a message has its length in one, three or nine bytes', () => {
  // RFC 6455, section 5.7, without masks.
  assert.deepEqual(
    [...encodeMessage(opcodes.text, Buffer.from('Hello'))],
    [0x81, 5, ...Buffer.from('Hello')],
  );
  assert.deepEqual([...encodeMessage(opcodes.binary, Buffer.alloc(256)).subarray(0, 4)], [0x82, 126, 1, 0]);
  const large = encodeMessage(opcodes.binary, Buffer.alloc(65536)).subarray(0, 10);
  assert.deepEqual([...large], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
});

test('a client’s frames are read, however the bytes are cut', async () => {
  const want = [{ opcode: opcodes.text, text: 'Hello' }];
  assert.deepEqual(await framesOf(hello), want);
  assert.deepEqual(await framesOf(...hello.map((byte) => [byte])), want);
  assert.deepEqual(await framesOf([...hello, ...hello]), [...want, ...want]);
});

test('a frame without mask, with an unknown extension, or too large is refused', async () => {
  await assert.rejects(framesOf([0x81, 5, 1, 2, 3, 4, 5]), /without mask/);
  await assert.rejects(framesOf([0xc1, 0x85, 0, 0, 0, 0]), /extension/);
  await assert.rejects(framesOf([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), /4294967296 bytes/);
});
