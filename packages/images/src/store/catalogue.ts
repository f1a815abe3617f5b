import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../content/digest.ts';
import { replaceFile } from '../content/sync.ts';

/** One layer of an image: unpacked under its chain id, kept as it came under its blob's digest. */
export interface LayerRecord {
  diffId: Digest;
  chainId: Digest;
  /** Bytes of its files. */
  size: number;
  /** The archive as it came, packed or not. */
  blob: Digest;
  blobSize: number;
  mediaType: string;
}

export interface ImageRecord {
  /** Digest of the configuration, which is a blob too. */
  id: Digest;
  layers: LayerRecord[];
  /** RFC 3339 */
  lastTagTime?: string;
  /** The image that this one was committed from. */
  parent?: Digest;
}

interface Content {
  version: 1;
  images: Record<Digest, ImageRecord>;
  /** `docker.io/library/busybox:latest` → id; names with a digest are here too. */
  names: Record<string, Digest>;
}

/**
 * Which images there are and what they are called: `images.json`, held in memory, replaced as a whole. Blobs and layers
 * are there before it speaks of them, and go after it has forgotten them.
 */
export class Catalogue {
  #root: string;
  #images: Map<Digest, ImageRecord>;
  #names: Map<string, Digest>;
  #changing: Promise<void> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
    rmSync(join(root, '.images.json.next'), { force: true });
    const { images, names } = read(join(root, 'images.json'));
    this.#images = new Map(Object.entries(images));
    this.#names = new Map(Object.entries(names));
  }

  images(): ImageRecord[] {
    return [...this.#images.values()];
  }

  image(id: Digest): ImageRecord | undefined {
    return this.#images.get(id);
  }

  /** Whole names of an image, sorted. */
  namesOf(id: Digest): string[] {
    return [...this.#names]
      .filter(([, named]) => named === id)
      .map(([name]) => name)
      .sort();
  }

  named(name: string): Digest | undefined {
    return this.#names.get(name);
  }

  names(): [name: string, id: Digest][] {
    return [...this.#names];
  }

  /**
   * Changes are made one after the other. One is there when it is on the disk, and not at all where that fails.
   * @throws what writing the file throws
   */
  change(edit: (images: Map<Digest, ImageRecord>, names: Map<string, Digest>) => void): Promise<void> {
    const work = async () => {
      const [images, names] = [new Map(this.#images), new Map(this.#names)];
      edit(images, names);
      await replaceFile(this.#root, 'images.json', textOf(images, names));
      [this.#images, this.#names] = [images, names];
    };
    const changed = this.#changing.then(work);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

function textOf(images: Map<Digest, ImageRecord>, names: Map<string, Digest>): string {
  const content: Content = {
    version: 1,
    images: Object.fromEntries(images),
    names: Object.fromEntries(names),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

function read(path: string): Content {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, images: {}, names: {} };
    throw new Error(`read the list of images in "${path}"`, { cause: error });
  }
}
