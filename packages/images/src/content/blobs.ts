import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { type Digest, digestOf, hexOf, isDigest, Measured } from './digest.ts';
import { syncFolder } from './sync.ts';

/**
 * Content by its sha256 digest: `blobs/sha256/<hex>`, as in an OCI image layout. A blob appears whole, verified and on
 * the disk, by a rename, or not at all.
 */
export class Blobs {
  #blobs: string;
  #ingest: string;

  /** Removes what a crash left half written. */
  constructor(root: string) {
    this.#blobs = join(root, 'blobs', 'sha256');
    this.#ingest = join(root, 'ingest');
    rmSync(this.#ingest, { recursive: true, force: true });
    mkdirSync(this.#blobs, { recursive: true, mode: 0o700 });
    mkdirSync(this.#ingest, { recursive: true, mode: 0o700 });
  }

  path(digest: Digest): string {
    if (!isDigest(digest))
      throw new Fault('invalid', `invalid digest: "${digest}": wanted sha256 and 64 hex digits`);
    return join(this.#blobs, hexOf(digest));
  }

  has(digest: Digest): boolean {
    return existsSync(this.path(digest));
  }

  /** In bytes. @throws ENOENT */
  size(digest: Digest): number {
    return statSync(this.path(digest)).size;
  }

  /** A small one, whole. */
  read(digest: Digest): Buffer {
    return readFileSync(this.path(digest));
  }

  stream(digest: Digest): AsyncIterable<Buffer> {
    return createReadStream(this.path(digest), { highWaterMark: 256 * 1024 });
  }

  /**
   * Stores a stream.
   * @param expected refuses other content
   * @throws {Fault} invalid, where digest or size differ from what was expected
   */
  async write(
    source: AsyncIterable<Uint8Array>,
    expected: { digest?: Digest; size?: number } = {},
  ): Promise<{ digest: Digest; size: number }> {
    const path = join(this.#ingest, randomBytes(8).toString('hex'));
    const file = await open(path, 'wx', 0o600);
    try {
      const measured = new Measured();
      await writeAll(file, measured.pass(source));
      await file.datasync();
      const [digest, size] = [measured.digest(), measured.size];
      verify({ digest, size }, expected);
      await rename(path, this.path(digest));
      await syncFolder(this.#blobs);
      return { digest, size };
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  }

  /** Stores bytes. */
  async put(bytes: Uint8Array | string): Promise<Digest> {
    const digest = digestOf(bytes);
    if (!this.has(digest)) await this.write(pieces(Buffer.from(bytes as Uint8Array)), { digest });
    return digest;
  }

  async list(): Promise<Digest[]> {
    return (await readdir(this.#blobs)).map((hex) => `sha256:${hex}`);
  }

  /** Gone is fine. */
  async remove(digest: Digest): Promise<void> {
    await rm(this.path(digest), { force: true });
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function writeAll(file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
  }
}

function verify(
  actual: { digest: Digest; size: number },
  expected: { digest?: Digest; size?: number },
): void {
  if (expected.size !== undefined && expected.size !== actual.size) {
    throw new Fault('invalid', `unexpected size of blob: got ${actual.size} bytes, wanted ${expected.size}`);
  }
  if (expected.digest !== undefined && expected.digest !== actual.digest) {
    throw new Fault('invalid', `filesystem layer verification failed for digest ${expected.digest}`);
  }
}
