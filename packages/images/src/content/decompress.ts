import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Fault } from '@pontoon/fault';
import { ByteReader, truncated } from '../tar/bytes.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

const MAGIC: [hex: string, name: string][] = [
  ['1f8b08', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
];

/** How a stream is packed, told by its first bytes. @throws {Fault} for what Node cannot unpack */
export function compressionOf(start: Buffer): Compression {
  const found = MAGIC.find(([hex]) => start.toString('hex', 0, hex.length / 2) === hex)?.[1] ?? 'none';
  if (found === 'bzip2' || found === 'xz') {
    throw new Fault(
      'invalid',
      `cannot unpack ${found}: wanted a tar that is plain or packed by gzip or zstd`,
    );
  }
  return found as Compression;
}

/** The bytes of a stream, unpacked where they are gzip or zstd. Cut off: Fault `unexpected EOF`. */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  try {
    const head = await headOf(reader);
    const compression = compressionOf(head);
    const whole = joined(head, reader.rest());
    if (compression === 'none') yield* whole;
    else yield* unpack(whole, compression);
  } finally {
    await reader.close();
  }
}

/** Enough bytes to tell how a stream is packed. */
async function headOf(reader: ByteReader): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 6) {
    const more = await reader.some(65_536);
    if (!more) break;
    head = head.length > 0 ? Buffer.concat([head, more]) : more;
  }
  return head;
}

async function* joined(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* unpack(source: AsyncIterable<Buffer>, compression: 'gzip' | 'zstd'): AsyncGenerator<Buffer> {
  const chunk = { chunkSize: 128 * 1024 };
  const unpacker = compression === 'gzip' ? createGunzip(chunk) : createZstdDecompress(chunk);
  const input = Readable.from(source, { objectMode: false });
  pipeline(input, unpacker, () => {}); // errors reach the loop below through the unpacker
  try {
    for await (const piece of unpacker) yield piece;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong') throw truncated(error);
    if (code?.startsWith('Z_') || code?.startsWith('ZSTD_')) {
      throw new Fault('invalid', `${compression}: invalid data: ${(error as Error).message}`, {
        cause: error,
      });
    }
    throw error;
  }
}
