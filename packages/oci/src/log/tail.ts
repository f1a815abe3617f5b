import type { FileHandle } from 'node:fs/promises';
import { type OpenLines, parseRecord } from './format.ts';

const NEWLINE = 0x0a;
const WINDOW = 64 * 1024;

/** Where the last `count` lines of a log begin: looked for from the end, in a window that grows. */
export async function tailOffset(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat();
  if (count <= 0) return size;
  for (let window = WINDOW; ; window *= 4) {
    const begin = Math.max(0, size - window);
    const bytes = Buffer.alloc(size - begin);
    await file.read(bytes, 0, bytes.length, begin);
    const starts = lineStarts(bytes, begin === 0);
    if (starts.length >= count) return begin + (starts.at(-count) ?? 0);
    if (begin === 0) return 0;
  }
}

/** Offsets of the records that start a line. What stands before the first whole line is not counted. */
function lineStarts(bytes: Buffer, whole: boolean): number[] {
  const open: OpenLines = new Set();
  const starts: number[] = [];
  let from = whole ? 0 : bytes.indexOf(NEWLINE) + 1;
  let trusted = whole;
  for (let end = bytes.indexOf(NEWLINE, from); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    const record = parseRecord(bytes.subarray(from, end), open);
    if (record?.startsLine && trusted) starts.push(from);
    // The first record of a window may be the end of a line that began before it.
    if (record?.endsLine) trusted = true;
    from = end + 1;
  }
  return starts;
}
