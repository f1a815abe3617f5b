import { ByteReader, truncated } from './bytes.ts';
import { applyPax, decodeHeader, decodePax, type Header, invalidHeader, isKnownFlag } from './decode.ts';
import { BLOCK, padding, type TarEntry } from './entry.ts';
import { oldSparseMap, paxSparseMap } from './sparse.ts';

/** Go's limit too (maxSpecialFileSize): names and attributes are short, a claim of gigabytes is an attack. */
const EXTENDED_MAX = 1024 * 1024;

export interface ReadEntry extends TarEntry {
  /** The content, in pieces; what is not read is skipped. */
  content(): AsyncGenerator<Buffer>;
}

/**
 * Reads a tar (ustar, pax, GNU; sparse files in all of GNU's forms) from start to end, trailing zeros included.
 *
 * Own code, where tar-stream is a fine library, because that one decodes pax values as UTF-8, which breaks binary
 * attributes (a security.capability with CAP_SETUID), and knows no sparse files.
 * @throws {Fault} invalid: cut off, or no tar
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const reader = new ByteReader(source);
  try {
    for (let header = await nextHeader(reader); header; header = await nextHeader(reader)) {
      let left = header.size;
      yield Object.assign(header, {
        async *content() {
          while (left > 0) {
            const piece = await reader.some(left);
            if (!piece) throw truncated();
            left -= piece.length;
            yield piece;
          }
        },
      });
      await reader.skip(left + padding(header.stored));
    }
    for await (const _ of reader.rest());
  } finally {
    await reader.close();
  }
}

/** The next real entry, with what extended headers before it said applied. `stored`: bytes of content to pad. */
async function nextHeader(reader: ByteReader): Promise<(Header & { stored: number }) | undefined> {
  const extended = { records: new Map<string, Buffer>(), name: '', link: '' };
  for (;;) {
    const block = await reader.take(BLOCK);
    const header = block && decodeHeader(block);
    if (!header) return undefined;
    if (header.size < 0) throw invalidHeader('negative size');
    if (await readExtended(reader, header, extended)) continue;
    if (!isKnownFlag(header.flag)) {
      await reader.skip(header.size + padding(header.size));
      continue;
    }
    if (extended.name) header.name = extended.name;
    if (extended.link) header.link = extended.link;
    applyPax(header, extended.records);
    if (header.type !== 'file') header.size = 0;
    const stored = header.size;
    if (stored < 0) throw invalidHeader('negative size');
    header.sparse =
      header.flag === 'S'
        ? await oldSparseMap(reader, block)
        : await paxSparseMap(reader, header, extended.records);
    return Object.assign(header, { stored });
  }
}

/** Takes in a header that speaks of the next entry; false if this one is an entry itself. */
async function readExtended(
  reader: ByteReader,
  header: Header,
  extended: { records: Map<string, Buffer>; name: string; link: string },
): Promise<boolean> {
  if (!['x', 'g', 'X', 'L', 'K'].includes(header.flag)) return false;
  if (header.size > EXTENDED_MAX) throw invalidHeader('extended header is too long');
  const data = (await reader.take(header.size)) ?? Buffer.alloc(0);
  if (data.length < header.size) throw truncated();
  await reader.skip(padding(header.size));
  const text = data.toString('latin1').replace(/\0.*$/s, '');
  if (header.flag === 'L') extended.name = text;
  else if (header.flag === 'K') extended.link = text;
  // Global records come first in an archive and are overridden by an entry's own. Only git archive writes any
  // (a comment), so that they need not outlive the next entry.
  else for (const [key, value] of decodePax(data)) extended.records.set(key, value);
  return true;
}
