import { createHash, type Hash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits: OCI image-spec, descriptor.md, "Digests". */
export type Digest = string;

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** Passes a stream on while it is hashed and counted; `digest()` is there when the stream has ended. */
export class Measured {
  #hash: Hash = createHash('sha256');
  size = 0;

  async *pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      this.#hash.update(piece);
      this.size += piece.length;
      yield piece;
    }
  }

  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}

/** The id of a layer together with all below it: OCI image-spec, config.md, "Layer ChainID". */
export function chainIds(diffIds: Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
