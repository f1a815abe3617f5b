/** Run by images-registry.test.ts in a network namespace of its own. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Images, Progress } from '@pontoon/images';
import { bytesFrom, openImagesPlace, shell, streamOf } from './images-place.ts';
import { openBetween, openRegistry, openTokenServer } from './images-registry-place.ts';

/** Busybox with a second layer under a name of the registry. */
async function pushed(
  images: Images,
  name: string,
  auth?: { username: string; password: string },
): Promise<string> {
  const { id } = await images.resolve('busybox');
  images.prepareRootfs('one', id);
  shell(`cd ${images.mountRootfs('one')}; echo hi > root/x; rm bin/ls; head -c 300000 /dev/urandom > big`);
  await images.commit('one', { reference: name, config: { Cmd: ['sh'] } });
  images.removeRootfs('one');
  await images.push(name, auth ? { auth } : {});
  return images.require(name).id;
}

const list = (told: Progress[]) => told.map(({ status }) => status);

test('what is pushed is pulled elsewhere with the same id, files and digest', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  await using two = await openImagesPlace();
  const name = `${registry.host}/me/app:1`;
  const id = await pushed(one.images, name);
  const told: Progress[] = [];
  await two.images.pull(name, { onProgress: (message) => told.push(message) });
  assert.equal(two.images.require(name).id, id);
  assert.deepEqual(two.images.require(name).digests, one.images.require(name).digests);
  two.images.prepareRootfs('c', id);
  assert.deepEqual(readdirSync(join(two.images.mountRootfs('c'), 'root')), ['x']);
  assert.deepEqual(told[0], { status: 'Pulling from me/app', id: '1' });
  for (const status of [
    'Pulling fs layer',
    'Downloading',
    'Download complete',
    'Extracting',
    'Pull complete',
  ]) {
    assert.ok(list(told).includes(status), status);
  }
  assert.equal(told.at(-1)?.status, `Status: Downloaded newer image for ${name}`);
  assert.match(told.at(-2)?.status ?? '', /^Digest: sha256:[0-9a-f]{64}$/);
  const again: Progress[] = [];
  await two.images.pull(name, { onProgress: (message) => again.push(message) });
  assert.equal(again.at(-1)?.status, `Status: Image is up to date for ${name}`);
  await two.images.pull(two.images.require(name).digests[0] as string);
  const repeated: Progress[] = [];
  await one.images.push(name, { onProgress: (message) => repeated.push(message) });
  assert.equal(list(repeated).filter((status) => status === 'Layer already exists').length, 2);
  assert.equal(repeated.at(-1)?.aux?.Tag, '1');
});

test('a layer that is here already is not fetched again, and all tags come where asked', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  await using two = await openImagesPlace();
  await pushed(one.images, `${registry.host}/app:1`);
  await one.images.tag('busybox', `${registry.host}/app:base`);
  await one.images.push(`${registry.host}/app`, { allTags: true });
  await two.images.pull(`${registry.host}/app:base`);
  const told: Progress[] = [];
  await two.images.pull(`${registry.host}/app`, {
    allTags: true,
    onProgress: (message) => told.push(message),
  });
  assert.ok(list(told).includes('Already exists'));
  assert.deepEqual(
    two.images
      .list()
      .flatMap(({ tags }) => tags)
      .sort(),
    [`${registry.host}/app:1`, `${registry.host}/app:base`],
  );
});

test('a registry with passwords takes the right one and refuses in the words of Docker', async () => {
  await using registry = await openRegistry('basic');
  await using one = await openImagesPlace();
  const auth = { username: 'me', password: 'secret' };
  const name = `${registry.host}/app:1`;
  await pushed(one.images, name, auth);
  await using two = await openImagesPlace();
  await assert.rejects(two.images.pull(name), {
    message: `pull access denied for ${registry.host}/app, repository does not exist or may require 'docker login': unauthorized: no basic auth credentials`,
  });
  await assert.rejects(
    two.images.pull(name, { auth: { ...auth, password: 'wrong' } }),
    /unauthorized: authentication required/,
  );
  await two.images.pull(name, { auth });
  const serveraddress = registry.host;
  assert.equal((await two.images.login({ ...auth, serveraddress })).Status, 'Login Succeeded');
  await assert.rejects(two.images.login({ ...auth, password: 'no', serveraddress }), {
    kind: 'unauthorized',
  });
});

test('a registry with tokens is given those of the server that it names, for what is done', async () => {
  using tokens = await openTokenServer();
  await using registry = await openRegistry(tokens);
  await using one = await openImagesPlace();
  const auth = { username: 'me', password: 'secret' };
  await pushed(one.images, `${registry.host}/me/app:1`, auth);
  assert.ok(tokens.asked.includes('repository:me/app:pull,push'));
  await using two = await openImagesPlace();
  await two.images.pull(`${registry.host}/me/app:1`, { auth });
  assert.ok(tokens.asked.includes('repository:me/app:pull'));
  await assert.rejects(
    two.images.pull(`${registry.host}/me/app:1`),
    /pull access denied for .*me\/app, repository does not exist/,
  );
});

test('a certificate of anybody is taken on this machine, and not from elsewhere', async () => {
  await using registry = await openRegistry('tls');
  await using one = await openImagesPlace();
  await pushed(one.images, `${registry.host}/app:1`);
  const port = registry.host.split(':')[1];
  shell('ip addr add 198.51.100.1/32 dev lo');
  await assert.rejects(one.images.pull(`198.51.100.1:${port}/app:1`), /connection refused/);
});

test('Docker Hub is asked at its mirror first', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  await pushed(one.images, `${registry.host}/library/special:1`);
  await using two = await openImagesPlace({ registryMirrors: [`http://${registry.host}`] });
  await two.images.pull('special:1');
  assert.deepEqual(two.images.require('special:1').tags, ['special:1']);
  await assert.rejects(
    two.images.pull('other:1'),
    /^Fault: Get "https:\/\/registry-1\.docker\.io\/v2\/": dial tcp: lookup registry-1\.docker\.io: /,
  );
});

test('from a list of manifests comes the one for this machine, or for the platform that is asked for', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  const id = await pushed(one.images, `${registry.host}/app:1`);
  const digest = one.images.require(`${registry.host}/app:1`).digests[0]?.split('@')[1] as string;
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const entry = (architecture: string) => ({
    mediaType,
    size: 738,
    digest,
    platform: { os: 'linux', architecture },
  });
  const type = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const machine = process.arch === 'x64' ? 'amd64' : process.arch;
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    manifests: [entry('mips'), entry(machine)],
  });
  const status = await new Promise((resolve) => {
    const options = { method: 'PUT', headers: { 'content-type': type } };
    request(`http://${registry.host}/v2/app/manifests/list`, options, ({ statusCode }) =>
      resolve(statusCode),
    ).end(body);
  });
  assert.equal(status, 201);
  await using two = await openImagesPlace();
  const name = `${registry.host}/app:list`;
  await two.images.pull(name);
  assert.equal(two.images.require(name).id, id);
  const listDigest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  assert.deepEqual(two.images.require(name).digests, [`${registry.host}/app@${listDigest}`]);
  const platform = 'linux/riscv64';
  const message = 'no matching manifest for linux/riscv64 in the manifest list entries';
  await assert.rejects(two.images.pull(name, { platform }), { kind: 'not-found', message });
});

test('a download that breaks off goes on where it was', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  await pushed(one.images, `${registry.host}/app:1`);
  let cuts = 1;
  const large = (length: string | undefined) => Number(length) > 100_000;
  using between = await openBetween(registry.host, (answer, path) =>
    path.includes('/blobs/') && large(answer.headers['content-length']) && cuts-- > 0 ? 'cut' : undefined,
  );
  await using two = await openImagesPlace();
  const told: Progress[] = [];
  await two.images.pull(`${between.host}/app:1`, { onProgress: (message) => told.push(message) });
  assert.ok(between.asked.some(({ headers }) => headers.range === 'bytes=1000-'));
  assert.ok(list(told).includes('Retrying in 1 seconds'));
});

test('bytes that are not what their digest says are refused, and nothing stays', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  await pushed(one.images, `${registry.host}/app:1`);
  using between = await openBetween(registry.host, (answer, path) => {
    const length = Number(answer.headers['content-length']);
    return path.includes('/blobs/') && length > 100_000 ? Buffer.alloc(length, 'x') : undefined;
  });
  await using two = await openImagesPlace();
  await assert.rejects(
    two.images.pull(`${between.host}/app:1`),
    /filesystem layer verification failed for digest sha256:/,
  );
  assert.deepEqual(two.images.list(), []);
  assert.deepEqual(readdirSync(two.path('images/blobs/sha256')), []);
});

test('what is not there, or nobody answers, is told in the words of Docker', async () => {
  await using registry = await openRegistry();
  await using place = await openImagesPlace();
  const { images } = place;
  const { host } = registry;
  await assert.rejects(images.pull(`${host}/nope:1`), {
    kind: 'not-found',
    message: `manifest for ${host}/nope:1 not found: manifest unknown: manifest unknown`,
  });
  await assert.rejects(images.pull('127.0.0.1:4999/x'), {
    message: 'Get "https://127.0.0.1:4999/v2/": dial tcp 127.0.0.1:4999: connect: connection refused',
  });
  await assert.rejects(images.push(`${host}/nope:1`), {
    kind: 'not-found',
    message: `An image does not exist locally with the tag: ${host}/nope`,
  });
  await assert.rejects(images.pull('A'), { kind: 'invalid' });
  const told: Progress[] = [];
  await images.pull('busybox', { onProgress: (message) => told.push(message) });
  assert.equal(told.at(-1)?.status, 'Status: Downloaded newer image for busybox:latest');
});

test('an image that was pulled is saved and loaded as it came', async () => {
  await using registry = await openRegistry();
  await using one = await openImagesPlace();
  const id = await pushed(one.images, `${registry.host}/app:1`);
  await using two = await openImagesPlace();
  await two.images.pull(`${registry.host}/app:1`);
  await using three = await openImagesPlace();
  await three.images.load(streamOf(await bytesFrom(two.images.save([`${registry.host}/app:1`]))));
  assert.equal(three.images.require(`${registry.host}/app:1`).id, id);
});
