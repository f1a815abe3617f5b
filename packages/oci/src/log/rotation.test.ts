import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readLog } from './read.ts';
import { logFiles, rotate } from './rotation.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-rotation-'));
after(() => rmSync(folder, { recursive: true }));

const line = (text: string) => `2026-01-02T03:04:05.123456789+00:00 stdout F ${text}\n`;

async function texts(path: string, o?: Parameters<typeof readLog>[1]): Promise<string[]> {
  const found: string[] = [];
  for await (const { bytes } of readLog(path, o)) found.push(bytes.toString().trim());
  return found;
}

test('a log past its size is moved aside, and no more files than asked for are kept', () => {
  const path = join(folder, 'kept.log');
  const rotation = { path, maxBytes: 10, maxFiles: 3 };
  for (const text of ['first', 'second', 'third', 'fourth']) {
    writeFileSync(path, line(text));
    assert.equal(rotate(rotation), true);
  }
  assert.equal(existsSync(path), false);
  assert.deepEqual(
    [1, 2].map((age) => readFileSync(`${path}.${age}`, 'utf8')),
    [line('fourth'), line('third')],
  );
  assert.equal(existsSync(`${path}.3`), false);
  writeFileSync(path, 'x');
  assert.equal(rotate(rotation), false);
});

test('reading goes over all files of a log, and so does its tail', async () => {
  const path = join(folder, 'read.log');
  writeFileSync(`${path}.2`, line('a') + line('b'));
  writeFileSync(`${path}.1`, line('c'));
  writeFileSync(path, line('d') + line('e'));
  assert.equal(logFiles(path).length, 3);
  assert.deepEqual(await texts(path), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(await texts(path, { tail: 1 }), ['e']);
  assert.deepEqual(await texts(path, { tail: 4 }), ['b', 'c', 'd', 'e']);
  assert.deepEqual(await texts(path, { tail: 0 }), []);
});

test('following goes on in the new file and misses nothing of the old one', async () => {
  const path = join(folder, 'followed.log');
  writeFileSync(path, line('1'));
  const seen: string[] = [];
  const stop = new AbortController();
  for await (const { bytes } of readLog(path, { follow: true, signal: stop.signal })) {
    const text = bytes.toString().trim();
    seen.push(text);
    if (text === '1') {
      rotate({ path, maxBytes: 1, maxFiles: 2 });
      appendFileSync(`${path}.1`, line('2'));
      writeFileSync(path, line('3'));
    }
    if (text === '3') stop.abort();
  }
  assert.deepEqual(seen, ['1', '2', '3']);
});
