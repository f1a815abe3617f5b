import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entryOf, nameOf, type TarEntry } from './entry.ts';
import { readTar } from './read.ts';
import { ARCHIVE_END, encodeHeader, encodePadding } from './write.ts';

/** The bytes in pieces of an odd length, so that nothing hangs on where a chunk ends. */
async function* chunks(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array): Promise<{ entry: TarEntry; content: string }[]> {
  const found: { entry: TarEntry; content: string }[] = [];
  for await (const { content, ...entry } of readTar(chunks(bytes))) {
    const pieces: Buffer[] = [];
    for await (const piece of content()) pieces.push(piece);
    found.push({ entry, content: Buffer.concat(pieces).toString() });
  }
  return found;
}

function archive(
  ...parts: (Partial<TarEntry> & Pick<TarEntry, 'name' | 'type'> & { content?: string })[]
): Buffer {
  const blocks = parts.flatMap(({ content = '', ...part }) => [
    encodeHeader(entryOf({ size: Buffer.byteLength(content), ...part })),
    Buffer.from(content),
    encodePadding(Buffer.byteLength(content)),
  ]);
  return Buffer.concat([...blocks, ARCHIVE_END]);
}

function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-tar-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what is written is read back: names, owners, times, links, devices and binary attributes', async () => {
  const capability = Uint8Array.from([1, 0, 0, 2, 0x80, 0xff, 0x0a, 0, 0, 0]);
  const parts: TarEntry[] = [
    entryOf({ name: 'short', type: 'file', uid: 1, gid: 2, mode: 0o4755, mtime: 1.5, size: 0 }),
    entryOf({ name: `${'long/'.repeat(60)}name`, type: 'symlink', link: 'x'.repeat(150) }),
    entryOf({ name: `deep/${'d'.repeat(90)}/${'n'.repeat(90)}`, type: 'file' }),
    entryOf({ name: nameOf('größe/日本'), type: 'file', attributes: { 'security.capability': capability } }),
    entryOf({ name: '\xff\xfe not UTF-8', type: 'fifo' }),
    entryOf({ name: 'rich', type: 'file', uid: 4_000_000_000, gid: 3_000_000, mtime: 5_000_000_000 }),
    entryOf({ name: 'null', type: 'character', major: 1, minor: 3 }),
  ];
  const read = await readAll(Buffer.concat([...parts.map(encodeHeader), ARCHIVE_END]));
  for (const [index, part] of parts.entries()) {
    const {
      flag: _,
      stored: __,
      sparse: ___,
      ...entry
    } = (read[index] as { entry: TarEntry }).entry as TarEntry & Record<string, unknown>;
    const attributes = Object.entries(entry.attributes).map(([key, value]) => [key, Uint8Array.from(value)]);
    assert.deepEqual({ ...entry, attributes: Object.fromEntries(attributes) }, part);
  }
});

test('GNU tar lists what is written here as it was meant', () => {
  const bytes = archive(
    { name: `${'d'.repeat(120)}/${'f'.repeat(120)}`, type: 'file', content: 'hello' },
    { name: 'folder', type: 'directory', mode: 0o1777 },
  );
  const listing = execFileSync('tar', ['tvf', '-'], { input: bytes }).toString();
  assert.match(
    listing,
    /^-rw-r--r-- 0\/0 +5 1970-01-01 00:00 d{120}\/f{120}\ndrwxrwxrwt 0\/0 .* folder\/\n$/,
  );
});

test('archives of GNU tar in all its formats are read, files with holes too', async () => {
  for (const format of ['gnu', 'pax', 'ustar', 'oldgnu', 'v7']) {
    await inFolder(async (folder) => {
      const long = format === 'v7' ? 'short' : 'n'.repeat(99);
      writeFileSync(join(folder, long), 'content');
      const bytes = execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', long]);
      const [file] = await readAll(bytes);
      assert.equal(file?.entry.name, long);
      assert.equal(file?.content, 'content');
    });
  }
  for (const [format, version] of [['gnu'], ['pax', '0.0'], ['pax', '0.1'], ['pax', '1.0']]) {
    const bytes = inFolder((folder) => {
      writeFileSync(join(folder, 'holes'), 'start');
      truncateSync(join(folder, 'holes'), 5_000_000);
      const kind = version ? [`--sparse-version=${version}`] : [];
      return execFileSync('tar', ['-C', folder, '-S', `--format=${format}`, ...kind, '-cf', '-', 'holes']);
    });
    const [file] = await readAll(bytes);
    assert.equal(file?.entry.name, 'holes', `${format} ${version}`);
    assert.equal(file?.entry.sparse?.length, 5_000_000);
    assert.ok((file?.content.length ?? 0) < 100_000 && file?.content.startsWith('start'));
  }
});

test('an archive that is cut off anywhere is refused, unless the cut is between entries', async () => {
  const bytes = archive(
    { name: 'a', type: 'file', content: 'x'.repeat(2000) },
    { name: 'b', type: 'directory' },
  );
  const whole = new Set([0, 512 + 2048, 512 + 2048 + 512, 512 + 2048 + 1024]);
  for (let length = 0; length < 512 + 2048 + 1024; length += 128) {
    const reading = readAll(bytes.subarray(0, length));
    if (whole.has(length)) await reading;
    else await assert.rejects(reading, { message: 'unexpected EOF' }, `${length}`);
  }
});

test('what is no tar, or claims absurd sizes, is refused at once', async () => {
  await assert.rejects(readAll(Buffer.alloc(4096, 'x')), /archive\/tar: invalid tar header/);
  const absurd = (change: (header: Buffer) => void) => {
    const header = encodeHeader(entryOf({ name: 'a', type: 'file' }));
    change(header);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return Buffer.concat([header, ARCHIVE_END]);
  };
  const huge = absurd((header) => header.fill(0xff, 124, 136).fill(0x80, 124, 125));
  await assert.rejects(readAll(huge), /number out of range/);
  const negative = absurd((header) => header.fill(0xff, 124, 136));
  await assert.rejects(readAll(negative), /negative size/);
  const longName = absurd((header) => {
    header.write('L', 156);
    header.write('77777777777\0', 124);
  });
  await assert.rejects(readAll(longName), /extended header is too long/);
  const junk = absurd((header) => header.write('9z9z9z9z9z9\0', 124));
  await assert.rejects(readAll(junk), /invalid tar header/);
  const pax = (record: string) =>
    Buffer.concat([
      encodeHeader(entryOf({ name: 'x', type: 'file', size: record.length })).fill('x', 156, 157),
      Buffer.from(record.padEnd(512, '\0')),
      ARCHIVE_END,
    ]);
  const fixed = pax('999 path=a\n');
  fixed.fill(' ', 148, 156);
  const sum = fixed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  fixed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  await assert.rejects(readAll(fixed), /malformed extended header/);
});
