import { Fault } from '@pontoon/fault';
import type { Blobs } from '../content/blobs.ts';
import { decompress } from '../content/decompress.ts';
import type { Digest } from '../content/digest.ts';
import { textOf } from '../tar/entry.ts';
import { readTar } from '../tar/read.ts';
import { cleanName } from '../tree/name.ts';

/** A description of images is short; a claim of gigabytes is an attack. */
const JSON_MAX = 32 * 1024 * 1024;

/** An archive of images, its files in the blob store. */
export class ImageArchive {
  #blobs: Blobs;
  #files = new Map<string, Digest>();
  #links = new Map<string, string>();

  private constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** Stores every file of the archive (plain, gzip or zstd) by its digest: which are layers is said at the end. */
  static async read(source: AsyncIterable<Uint8Array>, blobs: Blobs): Promise<ImageArchive> {
    const archive = new ImageArchive(blobs);
    for await (const entry of readTar(decompress(source))) {
      const name = textOf(cleanName(entry.name));
      if (entry.type === 'file') {
        const { digest } = await blobs.write(entry.content());
        checkDigest(name, digest);
        archive.#files.set(name, digest);
      }
      if (entry.type === 'link') archive.#links.set(name, textOf(cleanName(entry.link)));
      if (entry.type === 'symlink') {
        const folder = name.slice(0, name.lastIndexOf('/') + 1);
        archive.#links.set(name, textOf(cleanName(Buffer.from(folder).toString('latin1') + entry.link)));
      }
    }
    return archive;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** @throws {Fault} invalid, where the archive lacks it */
  digest(name: string): Digest {
    const digest = this.#find(name);
    if (digest === undefined) throw new Fault('invalid', `invalid archive: "${name}" is missing`);
    return digest;
  }

  /** @throws {Fault} invalid */
  json(name: string): unknown {
    const digest = this.digest(name);
    if (this.#blobs.size(digest) > JSON_MAX)
      throw new Fault('invalid', `invalid archive: "${name}" is too large`);
    try {
      return JSON.parse(this.#blobs.read(digest).toString());
    } catch (error) {
      throw new Fault('invalid', `invalid archive: "${name}" is not JSON`, { cause: error });
    }
  }

  /** Older archives have a layer once and links to it. */
  #find(name: string, depth = 0): Digest | undefined {
    const target = this.#links.get(name);
    return (
      this.#files.get(name) ?? (target === undefined || depth > 8 ? undefined : this.#find(target, depth + 1))
    );
  }
}

/**
 * A blob of an OCI layout says its digest by its name (image-layout.md, "Blobs"). A layer that is unpacked already is
 * not read again, so a wrong one would be found by nobody before it is saved or pushed.
 * @throws {Fault} invalid
 */
function checkDigest(name: string, actual: Digest): void {
  const [, hex] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name) ?? [];
  if (hex === undefined || actual === `sha256:${hex}`) return;
  throw new Fault('invalid', `invalid archive: the digest of "${name}" is ${actual}`);
}
