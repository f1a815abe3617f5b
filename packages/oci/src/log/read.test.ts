import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readLog } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-log-'));
after(() => rmSync(folder, { recursive: true }));

const at = (second: number) => `2026-01-02T03:04:0${second}.123456789+00:00`;

function logOf(...lines: string[]): string {
  const path = join(folder, `${Math.random()}.log`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

async function texts(path: string, o?: Parameters<typeof readLog>[1]): Promise<string[]> {
  const found: string[] = [];
  for await (const { stream, bytes } of readLog(path, o)) found.push(`${stream}:${bytes.toString()}`);
  return found;
}

test('a log gives every line with its stream, and pieces of a line as they were written', async () => {
  const path = logOf(
    `${at(1)} stdout F one`,
    `${at(2)} stderr P tw`,
    `${at(3)} stderr F o`,
    `${at(4)} stdout F `,
  );
  assert.deepEqual(await texts(path), ['stdout:one\n', 'stderr:tw', 'stderr:o\n', 'stdout:\n']);
});

test('the tail counts lines, not pieces', async () => {
  const path = logOf(
    `${at(1)} stdout F one`,
    `${at(2)} stdout P tw`,
    `${at(3)} stdout F o`,
    `${at(4)} stdout F three`,
  );
  assert.deepEqual(await texts(path, { tail: 2 }), ['stdout:tw', 'stdout:o\n', 'stdout:three\n']);
  assert.deepEqual(await texts(path, { tail: 0 }), []);
  assert.equal((await texts(path, { tail: 50 })).length, 4);
});

test('since and until are kept to the nanosecond', async () => {
  const path = logOf(`${at(1)} stdout F one`, `${at(2)} stdout F two`, `${at(3)} stdout F three`);
  const time = '2026-01-02T03:04:02.123456789Z';
  assert.deepEqual(await texts(path, { since: time, until: time }), ['stdout:two\n']);
});

test('a log that is not there is empty', async () => {
  assert.deepEqual(await texts(join(folder, 'none.log')), []);
});
