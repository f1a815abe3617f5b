import type { FileHandle } from 'node:fs/promises';
import { type OpenLines, parseRecord } from './format.ts';

const NEWLINE = 0x0a;
const WINDOW = 64 * 1024;

/** Where the last lines of a log begin, and how many they are: looked for from the end, in a window that grows. */
export async function findTail(file: FileHandle, count: number): Promise<{ offset: number; lines: number }> {
  const { size } = await file.stat();
  if (count <= 0) return { offset: size, lines: 0 };
  for (let window = WINDOW; ; window *= 4) {
    const begin = Math.max(0, size - window);
    const bytes = Buffer.alloc(size - begin);
    await file.read(bytes, 0, bytes.length, begin);
    const starts = lineStarts(bytes, begin === 0);
    if (starts.length >= count) return { offset: begin + (starts.at(-count) ?? 0), lines: count };
    if (begin === 0) return { offset: 0, lines: starts.length };
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
