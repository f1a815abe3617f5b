import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bar, humanSize, type Progress, reporting } from './progress.ts';

test('a bar reads as the one of Docker', () => {
  assert.deepEqual(bar('abc', 'Downloading', 1_048_576, 4_194_304), {
    id: 'abc',
    status: 'Downloading',
    progressDetail: { current: 1_048_576, total: 4_194_304 },
    progress: '[============>                                      ]  1.049MB/4.194MB',
  });
  assert.equal(humanSize(999), '999B');
  assert.equal(humanSize(123_456_789), '123.5MB');
});

test('a stream passes unchanged while its progress is told, the end included', async () => {
  const told: Progress[] = [];
  const source = async function* () {
    for (let index = 0; index < 100; index++) yield Buffer.alloc(10, index);
  };
  let size = 0;
  const o = {
    id: 'x',
    status: 'Loading',
    total: 1000,
    onProgress: (message: Progress) => told.push(message),
  };
  for await (const piece of reporting(source(), o)) size += piece.length;
  assert.equal(size, 1000);
  assert.ok(told.length < 20);
  assert.deepEqual(told.at(-1)?.progressDetail, { current: 1000, total: 1000 });
});
