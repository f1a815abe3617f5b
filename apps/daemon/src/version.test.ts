import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, checkVersion, compareVersions } from './version.ts';

test('versions compare by their numbers', () => {
  assert.ok(compareVersions('1.9', '1.24') < 0);
  assert.equal(compareVersions('1.50', '1.50.0'), 0);
  assert.ok(atLeast('1.42', '1.42'));
  assert.ok(!atLeast('1.41', '1.42'));
});

test('clients that are too new or too old read Docker’s words', () => {
  assert.throws(() => checkVersion('1.99'), {
    kind: 'invalid',
    message: 'client version 1.99 is too new. Maximum supported API version is 1.50',
  });
  assert.throws(() => checkVersion('1.12'), {
    message:
      'client version 1.12 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version',
  });
  for (const version of ['1.24', '1.41', '1.50']) checkVersion(version);
});
