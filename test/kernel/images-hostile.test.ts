import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { putArchive } from '@pontoon/images';
import { getAttribute } from '@pontoon/sys';
import { type TarPart, tarBytes } from '../tar.ts';
import { type ImagesPlace, openImagesPlace, shell, streamOf } from './images-place.ts';

const file = (name: string, content = 'evil'): TarPart => ({ name, type: 'file', content });
const link = (name: string, target: string): TarPart => ({ name, type: 'symlink', link: target });
const hard = (name: string, target: string): TarPart => ({ name, type: 'link', link: target });

/** Everything but the images' own folders, as it was. */
async function expectRefused(parts: TarPart[], message: RegExp): Promise<void> {
  await using place = await openImagesPlace();
  const before = outside(place);
  await assert.rejects(place.images.importRootfs(streamOf(tarBytes(...parts))), { kind: 'invalid', message });
  assert.deepEqual(outside(place), before);
  assert.deepEqual(place.images.list(), []);
  for (const folder of ['images/layers', 'images/blobs/sha256', 'images/ingest']) {
    assert.deepEqual(readdirSync(place.path(folder)), [], folder);
  }
}

function outside(place: ImagesPlace): string[] {
  return readdirSync(place.root).sort();
}

test('a name that leads out of the layer is refused, and nothing stays', async () => {
  await expectRefused([file('ok'), file('../evil')], /^"\.\.\/evil" is outside of the root$/);
  await expectRefused([file('a/../../evil')], /is outside of the root/);
  await expectRefused([file('/../../evil')], /is outside of the root/);
  await expectRefused([{ name: 'a/../..', type: 'directory' }], /is outside of the root/);
});

test('a symbolic link that leads out of the layer is refused', async () => {
  await expectRefused(
    [link('l', '../../../../etc')],
    /^invalid symlink "l" -> "\.\.\/\.\.\/\.\.\/\.\.\/etc"$/,
  );
  await expectRefused([link('a/b/l', '../../../x')], /invalid symlink/);
});

test('a hard link to a file out of the layer is refused', async () => {
  await expectRefused([hard('h', '../../../../etc/passwd')], /is outside of the root/);
  await expectRefused([hard('h', 'not/there')], /^unpack "h": no such file or directory$/);
  await expectRefused([link('l', '/etc'), hard('h', 'l/passwd')], /^unpack "h": no such file or directory$/);
});

test('a file through a symbolic link, absolute or to itself, stays in the layer', async () => {
  await using place = await openImagesPlace();
  const id = await place.images.importRootfs(
    streamOf(
      tarBytes(
        { name: 'tmp', type: 'directory' },
        link('to-tmp', '/tmp'),
        file('to-tmp/through'),
        file('/absolute'),
        link('self', 'etc/../target'),
        file('self', 'replaces the link'),
      ),
    ),
  );
  place.images.prepareRootfs('one', id);
  const root = place.images.mountRootfs('one');
  assert.equal(readFileSync(join(root, 'tmp/through'), 'utf8'), 'evil');
  assert.equal(existsSync('/tmp/through'), false);
  assert.equal(readFileSync(join(root, 'absolute'), 'utf8'), 'evil');
  assert.ok(lstatSync(join(root, 'self')).isFile());
  await expectRefused([link('l', 'l'), file('l/x')], /^unpack "l\/x": too many symbolic links encountered$/);
});

test('a hard link to a symbolic link is a link to the link, and does not open its target', async () => {
  await using place = await openImagesPlace();
  const parts = [link('l', '/etc/passwd'), hard('h', 'l'), file('h', 'new')];
  const id = await place.images.importRootfs(streamOf(tarBytes(...parts)));
  place.images.prepareRootfs('one', id);
  assert.equal(readFileSync(join(place.images.mountRootfs('one'), 'h'), 'utf8'), 'new');
  assert.match(readFileSync('/etc/passwd', 'utf8'), /^root:/);
});

test('attributes by which overlayfs would be led elsewhere are left out, capabilities are kept', async () => {
  await using place = await openImagesPlace();
  const capability = Uint8Array.from([1, 0, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const attributes = {
    'trusted.overlay.redirect': Buffer.from('/etc'),
    'trusted.overlay.opaque': Buffer.from('y'),
    'security.capability': capability,
  };
  const id = await place.images.importRootfs(streamOf(tarBytes({ ...file('f'), uid: 5, attributes })));
  place.images.prepareRootfs('one', id);
  const path = join(place.images.mountRootfs('one'), 'f');
  assert.deepEqual(Uint8Array.from(getAttribute(path, 'security.capability') ?? []), capability);
  const layer = join(place.images.store.layers.path(place.images.require(id).layers[0]?.chainId ?? ''), 'f');
  assert.equal(getAttribute(layer, 'trusted.overlay.redirect'), undefined);
});

test('whiteouts cannot reach out of their folder, and hide nothing but what is below', async () => {
  await using place = await openImagesPlace();
  writeFileSync(place.path('victim'), 'x');
  for (const name of ['.wh...', 'a/.wh...', '.wh..', '.wh.', '.wh..wh.plnk', '.wh.a/../../victim']) {
    const bytes = tarBytes({ name: 'a', type: 'directory' }, { name, type: 'file' });
    await place.images.importRootfs(streamOf(bytes)).catch((error) => assert.equal(error.kind, 'invalid'));
  }
  assert.ok(existsSync(place.path('victim')));
});

test('a cut-off archive is refused wherever it is cut', async () => {
  const bytes = tarBytes(
    file('a', 'x'.repeat(5000)),
    { name: 'd', type: 'directory' },
    file('d/b', 'y'.repeat(100)),
  );
  for (const length of [100, 600, 3000, 5600, 6800]) {
    await using place = await openImagesPlace();
    const cut = place.images.importRootfs(streamOf(bytes.subarray(0, length)));
    await assert.rejects(cut, { kind: 'invalid', message: 'unexpected EOF' });
    assert.deepEqual(readdirSync(place.path('images/layers')), []);
  }
});

test('devices are made in layers, and hidden ones (0, 0) stay what an image has', async () => {
  await using place = await openImagesPlace();
  const device: TarPart = { name: 'dev/null', type: 'character', major: 1, minor: 3, mode: 0o666 };
  const id = await place.images.importRootfs(streamOf(tarBytes(device)));
  place.images.prepareRootfs('one', id);
  assert.equal(lstatSync(join(place.images.mountRootfs('one'), 'dev/null')).rdev, 0x103);
});

test('a full disk is told as such, and nothing half-made stays', async () => {
  await using place = await openImagesPlace();
  const small = place.path('images/layers');
  shell(`mount -t tmpfs -o size=1m none ${small}`);
  try {
    const big = tarBytes(file('big', 'x'.repeat(3_000_000)));
    await assert.rejects(place.images.importRootfs(streamOf(big)), {
      kind: 'internal',
      message: /no space left on device/,
    });
    assert.deepEqual(readdirSync(small), []);
    assert.deepEqual(place.images.list(), []);
  } finally {
    shell(`umount ${small}`);
  }
});

test('a container that swaps a folder for a link while files are copied in cannot lead them out', async () => {
  await using place = await openImagesPlace();
  place.images.prepareRootfs('one', (await place.images.resolve('busybox')).id);
  const root = place.images.mountRootfs('one');
  mkdirSync(place.path('outside'));
  mkdirSync(join(root, 'd'));
  const swap = `cd ${root}; ln -s ${place.path('outside')} s; while [ ! -e stop ]; do mv d x; mv s d; mv d s; mv x d; done`;
  const swapping = import('node:child_process').then(({ spawn }) =>
    spawn('sh', ['-c', swap], { stdio: 'ignore' }),
  );
  const process = await swapping;
  try {
    const parts = Array.from({ length: 300 }, (_, index) => file(`d/f${index}`));
    for (let round = 0; round < 5; round++)
      await putArchive(root, '/', streamOf(tarBytes(...parts), 512)).catch(() => {});
  } finally {
    writeFileSync(join(root, 'stop'), '');
    await new Promise((resolve) => (process.exitCode === null ? process.once('exit', resolve) : resolve(0)));
  }
  assert.deepEqual(readdirSync(place.path('outside')), []);
});
