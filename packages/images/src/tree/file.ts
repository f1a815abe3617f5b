import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import type { ReadEntry } from '../tar/read.ts';
import { quoted } from './name.ts';

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Writes the content of an entry into a new file; one with holes gets them back. */
export async function writeFile(path: Buffer, entry: ReadEntry): Promise<void> {
  const file = openSync(path, NEW, 0o600);
  try {
    if (entry.sparse) await writeSparse(file, entry, entry.sparse);
    else for await (const piece of entry.content()) writeWhole(file, piece);
  } finally {
    closeSync(file);
  }
}

async function writeSparse(
  file: number,
  entry: ReadEntry,
  sparse: NonNullable<ReadEntry['sparse']>,
): Promise<void> {
  const stored = sparse.pieces.reduce((sum, piece) => sum + piece.size, 0);
  const bad = sparse.pieces.some(
    ({ offset, size }) => offset < 0 || size < 0 || offset + size > sparse.length,
  );
  if (bad || stored !== entry.size)
    throw new Fault('invalid', `invalid sparse file ${quoted(entry.name)} in archive`);
  ftruncateSync(file, sparse.length);
  const pieces = sparse.pieces.filter((piece) => piece.size > 0).map((piece) => ({ ...piece }));
  for await (let bytes of entry.content()) {
    while (bytes.length > 0) {
      const piece = pieces[0] as { offset: number; size: number };
      const part = bytes.subarray(0, piece.size);
      writeWhole(file, part, piece.offset);
      bytes = bytes.subarray(part.length);
      piece.offset += part.length;
      piece.size -= part.length;
      if (piece.size === 0) pieces.shift();
    }
  }
}

function writeWhole(file: number, bytes: Buffer, position?: number): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, bytes.length - at, position === undefined ? null : position + at);
  }
}
