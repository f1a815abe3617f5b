import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ImageUser, Progress } from '@pontoon/images';
import { tarBytes } from '../tar.ts';
import { bytesFrom, openImagesPlace, shell, streamOf } from './images-place.ts';

const nobody = { inUse: () => [] };
const usedBy = (running: boolean) => ({ inUse: (): ImageUser[] => [{ id: 'c'.repeat(64), running }] });

async function openTwo() {
  const place = await openImagesPlace();
  const { images } = place;
  const base = await images.resolve('busybox');
  images.prepareRootfs('one', base.id);
  shell(`cd ${images.mountRootfs('one')}; echo hi > root/x; rm bin/ls`);
  const top = await images.commit('one', { reference: 'me/app:1', config: { Cmd: ['sh'] } });
  images.removeRootfs('one');
  return { place, images, base: base.id, top };
}

test('what is saved is loaded elsewhere with the same ids, names and files, packed or not', async () => {
  const { place, images, base, top } = await openTwo();
  await using _ = place;
  const saved = await bytesFrom(images.save(['me/app:1', 'busybox']));
  for (const packed of [saved, gzipSync(saved), zstdCompressSync(saved)]) {
    await using other = await openImagesPlace();
    const told: Progress[] = [];
    const { loaded } = await other.images.load(streamOf(packed), {
      onProgress: (message) => told.push(message),
    });
    assert.deepEqual(loaded, ['me/app:1', 'busybox:latest']);
    assert.equal(other.images.require('me/app:1').id, top);
    assert.equal(other.images.require('busybox').id, base);
    assert.deepEqual(told.at(-1), { stream: 'Loaded image: busybox:latest\n' });
    assert.ok(told.some(({ status }) => status === 'Loading layer'));
    other.images.prepareRootfs('two', top);
    const root = other.images.mountRootfs('two');
    assert.deepEqual(readdirSync(join(root, 'root')), ['x']);
    assert.equal(readdirSync(join(root, 'bin')).includes('ls'), false);
  }
});

test('an OCI layout alone is loaded, too', async () => {
  const { place, images, top } = await openTwo();
  await using _ = place;
  const saved = await bytesFrom(images.save(['me/app']));
  const script = `cd ${place.root}; mkdir oci; tar -C oci -xf -; rm oci/manifest.json; tar -C oci -cf - .`;
  const layout = Buffer.from(shell(`${script} | base64 -w0`, saved), 'base64');
  await using other = await openImagesPlace();
  assert.deepEqual(await other.images.load(streamOf(layout)), { loaded: ['me/app:1'] });
  assert.equal(other.images.require('me/app:1').id, top);
});

test('an archive whose layer is not what its configuration says is refused, and nothing stays', async () => {
  const { place, images } = await openTwo();
  await using _ = place;
  const saved = await bytesFrom(images.save(['busybox']));
  const at = saved.indexOf('daemon:x:1:1');
  saved.write('daemon:x:0:0', at);
  await using other = await openImagesPlace();
  await assert.rejects(other.images.load(streamOf(saved)), { kind: 'invalid' });
  assert.deepEqual(other.images.list(), []);
  assert.deepEqual(readdirSync(other.path('images/layers')), []);
  assert.deepEqual(readdirSync(other.path('images/blobs/sha256')), []);
  await assert.rejects(other.images.load(streamOf(saved.subarray(0, 100_000))), {
    message: 'unexpected EOF',
  });
  await assert.rejects(
    other.images.load(streamOf(tarBytes({ name: 'x', type: 'file' }))),
    /does not contain a "manifest.json"/,
  );
  assert.deepEqual(readdirSync(other.path('images/blobs/sha256')), []);
});

test('a blob that is not what its name says is refused, also where its layer is unpacked already', async () => {
  const { place, images } = await openTwo();
  await using _ = place;
  const saved = await bytesFrom(images.save(['busybox']));
  const largest = 'oci/blobs/sha256/$(ls -S oci/blobs/sha256 | head -n 1)';
  const script = `cd ${place.root}; mkdir oci; tar -C oci -xf -; echo >> ${largest}; tar -C oci -cf - .`;
  const forged = Buffer.from(shell(`${script} | base64 -w0`, saved), 'base64');
  const before = readdirSync(place.path('images/blobs/sha256')).toSorted();
  await assert.rejects(
    images.load(streamOf(forged)),
    /invalid archive: the digest of "blobs\/sha256\/\w+" is/,
  );
  assert.deepEqual(readdirSync(place.path('images/blobs/sha256')).toSorted(), before);
});

test('save of what is not there fails before a byte is written', async () => {
  await using place = await openImagesPlace();
  assert.throws(() => place.images.save(['nope']), {
    kind: 'not-found',
    message: 'No such image: nope:latest',
  });
});

test('a name is taken away; the image goes with the last one', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  const { id } = await images.resolve('busybox');
  const layer = images.require(id).layers[0]?.chainId;
  await images.tag('busybox', 'other:2');
  assert.deepEqual(await images.remove('busybox', nobody), [{ Untagged: 'busybox:latest' }]);
  assert.deepEqual(await images.remove('other:2', nobody), [
    { Untagged: 'other:2' },
    { Deleted: id },
    { Deleted: layer },
  ]);
  assert.deepEqual(readdirSync(place.path('images/layers')), []);
  assert.deepEqual(readdirSync(place.path('images/blobs/sha256')), []);
});

test('an image in use is refused in the words of Docker, and force does what it does there', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  const { id } = await images.resolve('busybox');
  const short = id.slice(7, 19);
  await assert.rejects(images.remove('busybox', usedBy(false)), {
    kind: 'conflict',
    message: `conflict: unable to remove repository reference "busybox" (must force) - container cccccccccccc is using its referenced image ${short}`,
  });
  await assert.rejects(images.remove(short, usedBy(false)), {
    message: `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container cccccccccccc`,
  });
  await assert.rejects(images.remove(id, { ...usedBy(true), force: true }), {
    message: `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container cccccccccccc`,
  });
  await images.tag(id, 'other:1');
  await assert.rejects(images.remove(short, nobody), {
    message: `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
  });
  assert.deepEqual(await images.remove('other:1', usedBy(true)), [{ Untagged: 'other:1' }]);
  assert.deepEqual(await images.remove('busybox', { ...usedBy(true), force: true }), [
    { Untagged: 'busybox:latest' },
  ]);
  assert.ok(images.find(id), 'a running container keeps its image, nameless');
  assert.equal((await images.remove(id, { ...usedBy(false), force: true }))[0]?.Deleted, id);
  await assert.rejects(images.remove('busybox', nobody), {
    kind: 'not-found',
    message: 'No such image: busybox:latest',
  });
});

test('the layers of a container stay though its image is removed by force', async () => {
  await using place = await openImagesPlace();
  const { images } = place;
  const { id } = await images.resolve('busybox');
  images.prepareRootfs('one', id);
  await images.remove('busybox', { ...usedBy(false), force: true });
  const again = await place.reopen();
  await again.collect();
  assert.ok(readdirSync(join(again.mountRootfs('one'), 'bin')).length > 100);
  again.removeRootfs('one');
  await again.collect();
  assert.deepEqual(readdirSync(place.path('images/layers')), []);
});

test('prune removes what is nameless and unused, and all that is unused where asked', async () => {
  const { place, images, base, top } = await openTwo();
  await using _ = place;
  assert.deepEqual(await images.prune(nobody), { ImagesDeleted: null, SpaceReclaimed: 0 });
  await images.tag('busybox', 'me/app:1');
  const { ImagesDeleted, SpaceReclaimed } = await images.prune(nobody);
  assert.equal(ImagesDeleted?.[0]?.Deleted, top);
  assert.equal(SpaceReclaimed, 3);
  const all = { filters: { dangling: ['false'] } };
  assert.deepEqual(await images.prune({ ...all, ...usedBy(false) }), {
    ImagesDeleted: null,
    SpaceReclaimed: 0,
  });
  const pruned = await images.prune({ ...all, ...nobody });
  assert.ok(pruned.ImagesDeleted?.some(({ Deleted }) => Deleted === base));
});

test('the list is filtered as Docker filters it', async () => {
  const { place, images, base, top } = await openTwo();
  await using _ = place;
  const ids = (filters: Record<string, string[]>) => images.summaries({ filters }).map(({ Id }) => Id);
  assert.deepEqual(ids({}), [top, base]);
  assert.deepEqual(ids({ reference: ['busy*'] }), [base]);
  assert.deepEqual(ids({ reference: ['me/*:1'] }), [top]);
  assert.deepEqual(ids({ before: ['me/app:1'] }), [base]);
  assert.deepEqual(ids({ since: ['busybox'] }), [top]);
  assert.deepEqual(ids({ dangling: ['true'] }), []);
  assert.deepEqual(ids({ label: ['x'] }), []);
  assert.throws(() => ids({ nope: ['x'] }), { kind: 'invalid', message: "invalid filter 'nope'" });
});

test('many loads, tags and removals at once leave a whole store', async () => {
  const { place, images, base } = await openTwo();
  await using _ = place;
  const saved = await bytesFrom(images.save(['me/app:1', 'busybox']));
  await using other = await openImagesPlace();
  const work = Array.from({ length: 6 }, async (_, index) => {
    await other.images.load(streamOf(saved));
    await other.images.tag(base, `t${index}:1`);
    await other.images.remove('me/app:1', nobody).catch((error) => assert.equal(error.kind, 'not-found'));
  });
  await Promise.all(work);
  const again = await other.reopen();
  await again.collect();
  assert.equal(again.require('busybox').tags.length, 7);
  again.prepareRootfs('one', base);
  assert.ok(readdirSync(join(again.mountRootfs('one'), 'bin')).length > 100);
});
