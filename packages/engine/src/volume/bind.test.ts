import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBind } from './bind.ts';

test('-v takes a host path, a volume name, or the destination alone, with a mode', () => {
  const { source, destination, writable, propagation } = parseBind('/srv/a/../b:/data/:ro,rslave');
  assert.deepEqual([source, destination, writable, propagation], ['/srv/b', '/data', false, 'rslave']);
  assert.deepEqual([parseBind('vol:/data').source, parseBind('vol:/data').writable], ['vol', true]);
  assert.deepEqual([parseBind('/data').source, parseBind('/data').destination], ['', '/data']);
  assert.equal(parseBind('/data:ro').writable, false);
});

test('a bind that cannot be one is refused in words that clients know', () => {
  assert.throws(() => parseBind('/a:/b:ro:x'), /invalid volume specification: '\/a:\/b:ro:x'/);
  assert.throws(() => parseBind('/a:/b:rw,ro'), /invalid mode: rw,ro/);
  assert.throws(() => parseBind('/a:b'), /mount path must be absolute/);
  assert.throws(() => parseBind('/a:/'), /destination can't be '\/'/);
  assert.throws(() => parseBind('vol:/b:rshared'), /invalid mode: rshared/);
});
