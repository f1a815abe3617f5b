import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readMount, readTmpfs, readVolumes } from './mounts.ts';

test('the keys of --mount and their short names fill the mount', () => {
  assert.deepEqual(readMount('type=bind,src=/a,dst=/b,ro,bind-propagation=rslave'), {
    ...{ Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
    BindOptions: { Propagation: 'rslave' },
  });
  assert.deepEqual(readMount('target=/b,source=vol,volume-nocopy,volume-label=a=1,volume-opt=type=nfs'), {
    ...{ Type: 'volume', Source: 'vol', Target: '/b' },
    VolumeOptions: { NoCopy: true, Labels: { a: '1' }, DriverConfig: { Options: { type: 'nfs' } } },
  });
  assert.deepEqual(readMount('type=tmpfs,target=/run,tmpfs-size=64m,tmpfs-mode=1770'), {
    ...{ Type: 'tmpfs', Target: '/run' },
    TmpfsOptions: { SizeBytes: 67_108_864, Mode: 0o1770 },
  });
});

test('a field in quotes may hold a comma', () => {
  assert.equal(readMount('type=bind,"source=/a,b",target=/c').Source, '/a,b');
});

test('a source that starts with a dot is taken from the working directory', () => {
  assert.equal(readMount('type=bind,source=./x,target=/c').Source, resolve('x'));
  assert.deepEqual(readVolumes(['./x:/c:ro', '.:/d', 'name:/e']).binds, [
    ...[`${resolve('x')}:/c:ro`, `${resolve('.')}:/d`, 'name:/e'],
  ]);
});

test('-v without a colon is an anonymous volume', () => {
  assert.deepEqual(readVolumes(['/data']), { binds: [], volumes: { '/data': {} } });
});

test('a tmpfs carries its options', () => {
  assert.deepEqual(readTmpfs(['/run:rw,size=64k', '/tmp']), { '/run': 'rw,size=64k', '/tmp': '' });
});

test('malformed mounts are refused', () => {
  const wrong: [string, string][] = [
    ['x', "invalid field 'x' must be a key=value pair"],
    ['type=bind,foo=bar', "unexpected key 'foo' in 'foo=bar'"],
    ['type=bind,source=/a', 'target is required'],
    ['type=bind,source=/a,target=/b,readonly=maybe', 'invalid value for readonly: maybe'],
    ['type=bind,source=/a,target=/b,volume-nocopy', "cannot mix 'volume-*' options with mount type 'bind'"],
    ['type=tmpfs,target=/b,tmpfs-size=x', 'invalid value for tmpfs-size: x'],
  ];
  for (const [given, message] of wrong) assert.throws(() => readMount(given), { message });
});
