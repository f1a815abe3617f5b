import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { getArchive, putArchive, resolveUser, statPath } from '@pontoon/images';
import { type TarPart, tarBytes } from '../tar.ts';
import { bytesFrom, openImagesPlace, shell, streamOf } from './images-place.ts';

test('the default image is made from this machine, the same each time, and runs', async () => {
  await using place = await openImagesPlace();
  const image = await place.images.resolve('busybox');
  assert.deepEqual(image.tags, ['busybox:latest']);
  assert.deepEqual(image.configuration.config?.Cmd, ['sh']);
  place.images.prepareRootfs('one', image.id);
  const merged = place.images.mountRootfs('one');
  assert.equal(
    shell(`chroot ${merged} /bin/sh -c 'id -u; echo ~; ls -ld /tmp'`).slice(0, 18),
    '0\n/root\ndrwxrwxrwt',
  );
  assert.equal(statSync(join(merged, 'bin/ls')).ino, statSync(join(merged, 'bin/busybox')).ino);
  await using other = await openImagesPlace();
  const [first, second] = await Promise.all([
    other.images.resolve('busybox'),
    other.images.resolve('docker.io/library/busybox'),
  ]);
  assert.equal(first.id, image.id);
  assert.equal(second.id, image.id);
});

test('an image that is not there is named as Docker names it', async () => {
  await using place = await openImagesPlace();
  await assert.rejects(place.images.resolve('nope'), {
    kind: 'not-found',
    message: 'No such image: nope:latest',
  });
  await assert.rejects(place.images.resolve('busybox:2'), { message: 'No such image: busybox:2' });
  const id = `sha256:${'0'.repeat(64)}`;
  await assert.rejects(place.images.resolve(id), { message: `No such image: ${id}` });
  assert.throws(() => place.images.find('a b'), { kind: 'invalid', message: 'invalid reference format' });
});

test('what a container writes is its own, is told by changes, and goes with it', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  const { id } = await images.resolve('busybox');
  for (const name of ['one', 'two']) images.prepareRootfs(name, id);
  const one = images.mountRootfs('one');
  const two = images.mountRootfs('two');
  assert.deepEqual(images.changes('one'), []);
  shell(
    `cd ${one}; echo hi > root/x; rm bin/ls; rm -r etc/network; mkdir etc/network new; touch etc/network/z`,
  );
  assert.deepEqual(
    images.changes('one').map(({ Kind, Path }) => `${'CAD'[Kind]} ${Path}`),
    ['C /bin', 'D /bin/ls', 'C /etc', 'C /etc/network', 'A /etc/network/z', 'A /new', 'C /root', 'A /root/x'],
  );
  assert.equal((await images.sizes('one')).SizeRw, 3);
  assert.ok(existsSync(join(two, 'bin/ls')));
  images.removeRootfs('one');
  images.removeRootfs('one');
  assert.equal(existsSync(one), false);
  assert.deepEqual(images.rootfsList(), ['two']);
});

test('a container keeps what it wrote over unmount, mount and a restart of the engine', async () => {
  await using place = await openImagesPlace();
  const { id } = await place.images.resolve('busybox');
  for (const [name, volatile] of [
    ['one', false],
    ['two', true],
  ] as const) {
    place.images.prepareRootfs(name, id, { volatile });
    writeFileSync(join(place.images.mountRootfs(name), 'kept'), name);
    place.images.unmountRootfs(name);
    place.images.unmountRootfs(name);
    const again = await place.reopen();
    assert.equal(readFileSync(join(again.mountRootfs(name), 'kept'), 'utf8'), name);
    assert.equal(again.isMounted(name), true);
    assert.equal(
      readFileSync(join(again.mountRootfs(name), 'kept'), 'utf8'),
      name,
      'mounted over a left-over mount',
    );
    again.unmountRootfs(name);
    assert.equal(again.isMounted(name), false);
  }
});

test('an image of 120 layers is mounted, though their paths do not fit in the options of mount', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  let id = await images.importRootfs(streamOf(tarBytes({ name: 'f0', type: 'file', content: '0' })));
  images.prepareRootfs('c0', id);
  for (let layer = 1; layer < 120; layer++) {
    const merged = images.mountRootfs(`c${layer - 1}`);
    writeFileSync(join(merged, `f${layer}`), String(layer));
    id = await images.commit(`c${layer - 1}`, { config: {} });
    images.removeRootfs(`c${layer - 1}`);
    images.prepareRootfs(`c${layer}`, id);
  }
  const merged = images.mountRootfs('c119');
  const found = readdirSync(merged).filter((name) => /^f\d+$/.test(name));
  assert.equal(found.length, 120);
});

test('commit keeps deletions, owners, modes and hard links; the new image shows the same tree', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  const { id } = await images.resolve('busybox');
  images.prepareRootfs('one', id);
  const one = images.mountRootfs('one');
  shell(
    `cd ${one}; echo x > a; ln a b; chown 7:8 a; chmod 4711 a; rm bin/ls; rm -r etc/network; mkdir etc/network; mkfifo p`,
  );
  const committed = await images.commit('one', {
    reference: 'me/app',
    config: { Cmd: ['x'] },
    message: 'why',
  });
  images.prepareRootfs('two', committed);
  const two = images.mountRootfs('two');
  const status = statSync(join(two, 'b'));
  assert.deepEqual([status.uid, status.gid, status.mode & 0o7777, status.nlink], [7, 8, 0o4711, 2]);
  assert.equal(existsSync(join(two, 'bin/ls')), false);
  assert.deepEqual(readdirSync(join(two, 'etc/network')), []);
  assert.deepEqual(images.changes('two'), []);
  const [newest] = images.history('me/app');
  assert.deepEqual([newest?.Comment, newest?.Tags], ['why', ['me/app:latest']]);
  assert.equal(images.inspect('me/app').Parent, id);
});

test('export is the whole tree, mounted or not', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  images.prepareRootfs('one', (await images.resolve('busybox')).id);
  writeFileSync(join(images.mountRootfs('one'), 'root/x'), 'content');
  for (const mounted of [true, false]) {
    if (!mounted) images.unmountRootfs('one');
    const bytes = await bytesFrom(images.export('one'));
    assert.equal(shell('tar xOf - root/x', bytes), 'content');
    assert.match(shell('tar tvf -', bytes), /drwxrwxrwt 0\/0 .* tmp\//);
    assert.equal(images.isMounted('one'), mounted);
  }
});

const passwd = 'root:x:0:0::/root:/bin/sh\nme:x:1000:100::/home/me:/bin/sh\n';
const group = 'root:x:0:\nusers:x:100:\nwheel:x:10:root,me\naudio:x:29:me\n';

test('a user is found in the files of the container, by name or number', async () => {
  await using place = await openImagesPlace();
  const files: TarPart[] = [
    { name: 'etc/passwd', type: 'file', content: passwd },
    { name: 'etc/group', type: 'file', content: group },
  ];
  const id = await place.images.importRootfs(streamOf(tarBytes(...files)));
  place.images.prepareRootfs('one', id);
  const root = place.images.mountRootfs('one');
  assert.deepEqual(resolveUser(root, ''), { uid: 0, gid: 0, additionalGids: [0, 10], home: '/root' });
  assert.deepEqual(resolveUser(root, 'me'), {
    uid: 1000,
    gid: 100,
    additionalGids: [100, 10, 29],
    home: '/home/me',
  });
  assert.deepEqual(resolveUser(root, '1000:audio', ['5', 'wheel']), {
    uid: 1000,
    gid: 29,
    additionalGids: [29, 5, 10],
    home: '/home/me',
  });
  assert.deepEqual(resolveUser(root, '77'), { uid: 77, gid: 0, additionalGids: [0], home: '/' });
  const unknown = 'unable to find user nobody: no matching entries in passwd file';
  assert.throws(() => resolveUser(root, 'nobody'), { kind: 'invalid', message: unknown });
  assert.throws(() => resolveUser(root, 'me:no'), {
    message: 'unable to find group no: no matching entries in group file',
  });
  assert.throws(() => resolveUser(root, '9999999999'), {
    message: 'uids and gids must be in range 0-2147483647',
  });
});

test('a container cannot make the engine read the passwd file of the host', async () => {
  await using place = await openImagesPlace();
  place.images.prepareRootfs('one', (await place.images.resolve('busybox')).id);
  const root = place.images.mountRootfs('one');
  writeFileSync(place.path('secret'), 'spy:x:4242:4242::/:/bin/sh\n');
  rmSync(join(root, 'etc/passwd'));
  for (const target of [
    place.path('secret'),
    `../../../../../..${place.path('secret')}`,
    '/proc/1/root/etc/passwd',
  ]) {
    rmSync(join(root, 'etc/passwd'), { force: true });
    symlinkSync(target, join(root, 'etc/passwd'));
    assert.throws(() => resolveUser(root, 'spy'), /unable to find user spy/);
  }
});

test('docker cp out of a container gives a path under its own name, links as links', async () => {
  await using place = await openImagesPlace();
  place.images.prepareRootfs('one', (await place.images.resolve('busybox')).id);
  const root = place.images.mountRootfs('one');
  shell(`cd ${root}; mkdir -p d/e; echo x > d/e/f; ln -s d/e/f l; ln -s /d abs`);
  const list = async (path: string) =>
    shell('tar tf - | sort', await bytesFrom(getArchive(root, path).stream))
      .split('\n')
      .filter(Boolean);
  assert.deepEqual(await list('/d'), ['d/', 'd/e/', 'd/e/f']);
  assert.deepEqual(await list('/abs/e'), ['e/', 'e/f']);
  assert.deepEqual(await list('/l'), ['l']);
  const stat = statPath(root, '/l');
  assert.deepEqual([stat.name, stat.linkTarget, stat.mode], ['l', '/d/e/f', 2 ** 27 + 0o777]);
  assert.equal(statPath(root, '/d/').mode, 2 ** 31 + 0o755);
  assert.throws(() => statPath(root, '/nope'), { kind: 'not-found' });
  assert.throws(() => statPath(root, '/d/e/f/'), { kind: 'invalid', message: 'not a directory' });
});

test('docker cp into a container stays inside, whatever links the container made', async () => {
  await using place = await openImagesPlace();
  place.images.prepareRootfs('one', (await place.images.resolve('busybox')).id);
  const root = place.images.mountRootfs('one');
  mkdirSync(place.path('outside'));
  symlinkSync(place.path('outside'), join(root, 'link'));
  mkdirSync(join(root, place.path('outside')), { recursive: true });
  const bytes = tarBytes({ name: 'f', type: 'file', content: 'x', uid: 5 });
  await putArchive(root, '/link', streamOf(bytes), { owner: { uid: 9, gid: 9 } });
  assert.deepEqual(readdirSync(place.path('outside')), []);
  assert.equal(lstatSync(join(root, place.path('outside'), 'f')).uid, 9);
  mkdirSync(join(root, 'tmp/f'));
  const keeping = { noOverwriteDirNonDir: true };
  await assert.rejects(
    putArchive(root, '/tmp', streamOf(bytes), keeping),
    /cannot overwrite directory "f" with non-directory/,
  );
  await assert.rejects(putArchive(root, '/nope', streamOf(bytes)), { kind: 'not-found' });
  await assert.rejects(putArchive(root, '/etc/passwd', streamOf(bytes)), {
    kind: 'invalid',
    message: 'extraction point is not a directory',
  });
});

test('a rootfs packed by gzip is imported with the changes that were asked for', async () => {
  await using place = await openImagesPlace();
  const bytes = gzipSync(
    tarBytes({ name: './', type: 'directory', mode: 0o700 }, { name: './f', type: 'file', content: 'x' }),
  );
  const id = await place.images.importRootfs(streamOf(bytes), {
    reference: 'mine:1',
    changes: ['CMD ["a"]'],
    message: 'm',
  });
  assert.deepEqual(place.images.inspect('mine:1').Config?.Cmd, ['a']);
  assert.equal(place.images.inspect('mine:1').Id, id);
  const cut = streamOf(bytes.subarray(0, bytes.length - 20));
  await assert.rejects(place.images.importRootfs(cut, { reference: 'cut' }), {
    kind: 'invalid',
    message: 'unexpected EOF',
  });
  assert.equal(place.images.find('cut'), undefined);
});
