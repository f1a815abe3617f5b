import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Blobs } from './blobs.ts';
import { decompress } from './decompress.ts';
import { chainIds, digestOf } from './digest.ts';

async function* chunks(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function withBlobs(run: (blobs: Blobs, root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'pontoon-blobs-'));
  try {
    await run(new Blobs(root), root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('a blob is found by the digest of its bytes', () =>
  withBlobs(async (blobs) => {
    const bytes = Buffer.from('hello'.repeat(10_000));
    const { digest, size } = await blobs.write(chunks(bytes));
    assert.equal(digest, digestOf(bytes));
    assert.equal(size, bytes.length);
    assert.deepEqual(await gather(blobs.stream(digest)), bytes);
    assert.deepEqual(await blobs.list(), [digest]);
    await blobs.remove(digest);
    await blobs.remove(digest);
    assert.equal(blobs.has(digest), false);
  }));

test('bytes that are not what was announced are refused and leave nothing', () =>
  withBlobs(async (blobs, root) => {
    const bytes = Buffer.from('hello');
    await assert.rejects(blobs.write(chunks(bytes), { digest: digestOf('other') }), { kind: 'invalid' });
    await assert.rejects(blobs.write(chunks(bytes), { size: 4 }), /got 5 bytes, wanted 4/);
    const broken = async function* () {
      yield bytes;
      throw new Error('cut off');
    };
    await assert.rejects(blobs.write(broken()), /cut off/);
    assert.deepEqual(readdirSync(join(root, 'ingest')), []);
    assert.deepEqual(await blobs.list(), []);
  }));

test('what a crash left half written is gone at the next start', () =>
  withBlobs(async (_, root) => {
    writeFileSync(join(root, 'ingest', 'half'), 'x');
    new Blobs(root);
    assert.deepEqual(readdirSync(join(root, 'ingest')), []);
  }));

test('a digest that is none names no file', () =>
  withBlobs(async (blobs) => {
    assert.throws(() => blobs.path('sha256:../../etc/passwd'), { kind: 'invalid' });
  }));

test('gzip, zstd and plain streams are told apart and unpacked', async () => {
  const bytes = Buffer.from('layer '.repeat(100_000));
  for (const packed of [bytes, gzipSync(bytes), zstdCompressSync(bytes)]) {
    for (const size of [1, 5, 100_000].slice(packed.length > 10_000 ? 2 : 0)) {
      assert.deepEqual(await gather(decompress(chunks(packed, size))), bytes);
    }
  }
  assert.equal((await gather(decompress(chunks(Buffer.alloc(0))))).length, 0);
});

test('a packed stream that is cut off or damaged is refused', async () => {
  const bytes = Buffer.from(
    Array.from({ length: 20_000 }, (_, index) => `${(index * 7919) % 10_007} `).join(''),
  );
  for (const packed of [gzipSync(bytes), zstdCompressSync(bytes)]) {
    await assert.rejects(gather(decompress(chunks(packed.subarray(0, packed.length / 2)))), {
      message: 'unexpected EOF',
    });
    const damaged = Buffer.from(packed).fill(0xa5, 40, packed.length - 10);
    await assert.rejects(gather(decompress(chunks(damaged))), { kind: 'invalid' });
  }
  await assert.rejects(gather(decompress(chunks(Buffer.from('fd377a585a0000', 'hex')))), /cannot unpack xz/);
});

test('a chain id names a layer together with all below it', () => {
  const [one, two] = [digestOf('1'), digestOf('2')];
  assert.deepEqual(chainIds([one, two]), [one, digestOf(`${one} ${two}`)]);
});
