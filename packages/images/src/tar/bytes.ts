import { Fault } from '@pontoon/fault';

/** Takes a stream of chunks apart into pieces of wanted lengths, copying only where a piece spans chunks. */
export class ByteReader {
  #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next `length` bytes, or undefined if the stream ended before the first. @throws {Fault} if it ended inside */
  async take(length: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const piece = await this.some(missing);
      if (!piece && pieces.length === 0) return undefined;
      if (!piece) throw truncated();
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  /** What is at hand, at most `most` bytes; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next();
      if (next.done) return undefined;
      this.#chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(piece.length);
    return piece;
  }

  /** Reads `length` bytes away. */
  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0; ) {
      const piece = await this.some(missing);
      if (!piece) throw truncated();
      missing -= piece.length;
    }
  }

  /** Everything from here on. */
  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.some(Number.MAX_SAFE_INTEGER);
      if (!piece) return;
      yield piece;
    }
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

/** Go's text for an archive that is cut off. */
export function truncated(cause?: unknown): Fault {
  return new Fault('invalid', 'unexpected EOF', { cause });
}
