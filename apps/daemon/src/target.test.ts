import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTarget } from './target.ts';

const path = (url: string): string => readTarget(url).path;

test('the version is told apart from the path', () => {
  assert.deepEqual(readTarget('/v1.41/containers/json?all=1'), {
    version: '1.41',
    path: '/containers/json',
    query: '?all=1',
  });
  assert.equal(readTarget('/containers/json').version, undefined);
  assert.equal(readTarget('/vx/containers/json').path, '/vx/containers/json');
});

test('an image’s slashes stay in its name', () => {
  assert.equal(path('/v1.50/images/reg:5000/a/b:1/json'), '/images/reg:5000%2Fa%2Fb:1/json');
  assert.equal(path('/images/a/b'), '/images/a%2Fb');
  assert.equal(path('/distribution/a/b/json'), '/distribution/a%2Fb/json');
});

test('the collections beside the images are not images', () => {
  for (const fixed of ['/images/json', '/images/create', '/images/load', '/images/get', '/images/prune']) {
    assert.equal(path(fixed), fixed);
  }
});

test('doubled slashes are one, as in /containers//name/json', () => {
  assert.equal(path('/v1.50/containers//a/json'), '/containers/a/json');
});
