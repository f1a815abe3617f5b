import type { ByteReader } from './bytes.ts';
import { truncated } from './bytes.ts';
import { decodeNumber, integer, invalidHeader } from './decode.ts';
import { BLOCK, type TarEntry } from './entry.ts';

/** GNU tar manual, appendix "Storing Sparse Files": old GNU format, and pax versions 0.0, 0.1 and 1.0. */
type Sparse = NonNullable<TarEntry['sparse']>;

const PIECES_MAX = 100_000;

/** Old GNU format: four pieces in the header (offset 386), 21 in each block that follows. */
export async function oldSparseMap(reader: ByteReader, header: Buffer): Promise<Sparse> {
  const length = decodeNumber(header.subarray(483, 495));
  const pieces = readPieces(header, 386, 4);
  for (let more = header[482] === 1; more; ) {
    const block = await reader.take(BLOCK);
    if (!block) throw truncated();
    pieces.push(...readPieces(block, 0, 21));
    more = block[504] === 1;
    if (pieces.length > PIECES_MAX) throw invalidHeader('too many pieces');
  }
  return { length, pieces };
}

function readPieces(block: Buffer, start: number, count: number): Sparse['pieces'] {
  const pieces: Sparse['pieces'] = [];
  for (let at = start; at < start + count * 24 && block[at]; at += 24) {
    pieces.push({
      offset: decodeNumber(block.subarray(at, at + 12)),
      size: decodeNumber(block.subarray(at + 12, at + 24)),
    });
  }
  return pieces;
}

/** pax: the map is in the records (0.1), or leads the content (1.0), which is then shortened by it. */
export async function paxSparseMap(
  reader: ByteReader,
  entry: TarEntry,
  records: Map<string, Buffer>,
): Promise<Sparse | undefined> {
  const record = (key: string) => records.get(`GNU.sparse.${key}`)?.toString('latin1');
  const length = record('realsize') ?? record('size');
  if (length === undefined) return undefined;
  entry.name = record('name') ?? entry.name;
  if (record('major') === '1') {
    return { length: integer(length), pieces: pairs(await leadingNumbers(reader, entry)) };
  }
  return { length: integer(length), pieces: pairs((record('map') ?? '').split(',').filter(Boolean)) };
}

/** Version 1.0: decimal numbers a line, the first their count in pairs, padded to whole blocks. */
async function leadingNumbers(reader: ByteReader, entry: TarEntry): Promise<string[]> {
  let text = '';
  for (;;) {
    const block = entry.size >= BLOCK ? await reader.take(BLOCK) : undefined;
    if (!block) throw invalidHeader('sparse map is cut off');
    entry.size -= BLOCK;
    text += block.toString('latin1');
    const lines = text.split('\n');
    const wanted = integer(lines[0] ?? '') * 2 + 1;
    if (wanted > PIECES_MAX) throw invalidHeader('too many pieces');
    if (lines.length > wanted) return lines.slice(1, wanted);
  }
}

function pairs(numbers: string[]): Sparse['pieces'] {
  const pieces: Sparse['pieces'] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    pieces.push({ offset: integer(numbers[at] as string), size: integer(numbers[at + 1] as string) });
  }
  return pieces;
}
