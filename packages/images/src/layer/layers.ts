import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { syncFileSystem } from '@pontoon/sys';
import { decompress } from '../content/decompress.ts';
import { type Digest, hexOf, Measured } from '../content/digest.ts';
import { discard, discardLeftovers } from '../content/discard.ts';
import { unpack } from '../tree/unpack.ts';
import { placeWhiteout } from './whiteout.ts';

/** What is kept of an unpacked layer beside its files. */
export interface Layer {
  diffId: Digest;
  /** Bytes of its regular files. */
  size: number;
}

/**
 * Unpacked layers, `layers/<chain id>/diff`: the same stack of layers is unpacked once, however many images have it.
 * One appears by a rename when it is whole and its diff id is right.
 */
export class Layers {
  #root: string;
  #known = new Map<Digest, Layer>();
  #pending = new Map<Digest, Promise<Layer>>();

  constructor(root: string) {
    this.#root = join(root, 'layers');
    mkdirSync(this.#root, { recursive: true, mode: 0o710 });
    discardLeftovers(this.#root);
  }

  /** The folder that overlayfs gets. */
  path(chainId: Digest): string {
    return join(this.#root, hexOf(chainId), 'diff');
  }

  /** What Docker has in a layer of its own: see rootfs/init.ts. */
  initPath(chainId: Digest): string {
    return join(this.#root, hexOf(chainId), 'init');
  }

  find(chainId: Digest): Layer | undefined {
    const known = this.#known.get(chainId);
    if (known) return known;
    const layer = read(join(this.#root, hexOf(chainId), 'layer.json'));
    if (layer) this.#known.set(chainId, layer);
    return layer;
  }

  list(): Digest[] {
    return readdirSync(this.#root)
      .filter((name) => !name.startsWith('.'))
      .map((hex) => `sha256:${hex}`);
  }

  /**
   * Unpacks an archive (plain, gzip or zstd) unless it is there.
   * @throws {Fault} invalid
   */
  unpack(o: {
    source: () => AsyncIterable<Uint8Array>;
    chainId: Digest;
    diffId: Digest;
    lowest: boolean;
  }): Promise<Layer> {
    const layer = this.find(o.chainId);
    if (layer) return Promise.resolve(layer);
    const pending =
      this.#pending.get(o.chainId) ?? this.#unpack(o).finally(() => this.#pending.delete(o.chainId));
    this.#pending.set(o.chainId, pending);
    return pending;
  }

  async #unpack(o: {
    source: () => AsyncIterable<Uint8Array>;
    chainId: Digest;
    diffId: Digest;
    lowest: boolean;
  }): Promise<Layer> {
    const next = join(this.#root, `.${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(join(next, 'diff'), { recursive: true, mode: 0o755 });
      const measured = new Measured();
      const { size } = await unpack(measured.pass(decompress(o.source())), join(next, 'diff'), {
        devices: true,
        special: (entry, folder, base) => placeWhiteout(entry, folder, base, o.lowest),
      });
      const diffId = measured.digest();
      if (diffId !== o.diffId) throw wrongDiffId(o.diffId, diffId);
      const layer = { diffId, size };
      await writeFile(join(next, 'layer.json'), JSON.stringify(layer));
      await this.remove(o.chainId); // damaged, or it would have been found
      await rename(next, join(this.#root, hexOf(o.chainId)));
      this.#known.set(o.chainId, layer);
      return layer;
    } finally {
      await rm(next, { recursive: true, force: true });
    }
  }

  /** Waits until what was unpacked is on the disk: the list of images, which is, must not speak of empty files. */
  async sync(): Promise<void> {
    await syncFileSystem(this.#root);
  }

  /** Gone is fine. */
  async remove(chainId: Digest): Promise<void> {
    this.#known.delete(chainId);
    const gone = join(this.#root, `.${randomBytes(8).toString('hex')}`);
    try {
      await rename(join(this.#root, hexOf(chainId)), gone);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await discard(gone);
  }
}

/** Undefined where it is missing or damaged: then it is unpacked again. */
function read(file: string): Layer | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Layer;
  } catch {
    return undefined;
  }
}

function wrongDiffId(expected: Digest, actual: Digest): Fault {
  return new Fault('invalid', `layer from configuration has diffID ${expected}, its archive has ${actual}`);
}
