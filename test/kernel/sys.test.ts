import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNamespace, inNamespace, lockFile, removeNamespace, SystemError } from '@pontoon/sys';

const own = () => readlinkSync('/proc/thread-self/ns/net');

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'pontoon-sys-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test('a namespace is made and pinned without leaving ours, with lo down, and goes without a trace', () => {
  using place = folder();
  const [path, home] = [join(place.path, 'netns', 'one'), own()];
  createNamespace(path);
  assert.equal(own(), home);
  assert.notEqual(inNamespace(path, own), home);
  assert.equal(own(), home);
  assert.deepEqual(
    inNamespace(path, () => networkInterfaces()),
    {},
  );
  removeNamespace(path);
  assert.equal(existsSync(path), false);
  removeNamespace(path);
});

test('/proc/sys/net inside is that of the namespace', () => {
  using place = folder();
  const path = join(place.path, 'one');
  createNamespace(path);
  const read = () =>
    readFileSync('/proc/net/dev', 'utf8')
      .match(/^\s*\S+:/gm)
      ?.map((name) => name.trim());
  assert.deepEqual(inNamespace(path, read), ['lo:']);
  removeNamespace(path);
});

test('an error inside comes out, and leads home all the same', () => {
  using place = folder();
  const [path, home] = [join(place.path, 'one'), own()];
  createNamespace(path);
  assert.throws(() => inNamespace(path, () => assert.fail('inside')), /inside/);
  assert.equal(own(), home);
  removeNamespace(path);
});

test('a path that is no namespace is refused with the code of setns', () => {
  using place = folder();
  const home = own();
  assert.throws(
    () => inNamespace('/etc/hostname', () => 0),
    (error) => error instanceof SystemError && error.code === 'EINVAL' && error.syscall === 'setns',
  );
  assert.throws(() => inNamespace(join(place.path, 'none'), () => 0), { code: 'ENOENT' });
  assert.equal(own(), home);
});

test('a lock is held by one, names its holder, and is free once the holder was killed', async () => {
  using place = folder();
  const path = join(place.path, 'daemon.pid');
  const holder = spawn('flock', ['--exclusive', '--no-fork', path, 'sh', '-c', 'echo held; exec sleep 60']);
  await new Promise((held) => holder.stdout.once('data', held));
  assert.equal(lockFile(path), undefined);
  const ended = new Promise((end) => holder.once('exit', end));
  holder.kill('SIGKILL');
  await ended;
  const lock = lockFile(path);
  assert.equal(readFileSync(path, 'utf8'), `${process.pid}\n`);
  lock?.release();
});
