import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Blobs } from '../content/blobs.ts';
import { digestOf, hexOf } from '../content/digest.ts';
import { hostArchitecture } from '../store/config.ts';
import { entryOf, type TarEntry } from '../tar/entry.ts';
import { ARCHIVE_END, encodeHeader, encodePadding } from '../tar/write.ts';
import { contentsOf } from './contents.ts';
import { ImageArchive } from './read.ts';

type Part = Partial<TarEntry> & { name: string; content?: string };

async function* tar(parts: Part[]): AsyncGenerator<Buffer> {
  for (const { content = '', ...part } of parts) {
    const size = Buffer.byteLength(content);
    yield Buffer.concat([
      encodeHeader(entryOf({ type: 'file', size, ...part })),
      Buffer.from(content),
      encodePadding(size),
    ]);
  }
  yield ARCHIVE_END;
}

async function contents(...parts: Part[]) {
  const root = mkdtempSync(join(tmpdir(), 'pontoon-archive-'));
  try {
    return contentsOf(await ImageArchive.read(tar(parts), new Blobs(root)));
  } finally {
    rmSync(root, { recursive: true });
  }
}

const json = (name: string, value: unknown): Part => ({ name, content: JSON.stringify(value) });
const blob = (value: unknown): Part => json(`blobs/sha256/${hexOf(digestOf(JSON.stringify(value)))}`, value);
const descriptor = (value: unknown, more = {}) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: digestOf(JSON.stringify(value)),
  ...more,
});

test('an archive of docker save lists its images and their names', async () => {
  const item = { Config: 'c.json', RepoTags: ['a:1', 'b:2'], Layers: ['x/layer.tar'] };
  assert.deepEqual(await contents(json('manifest.json', [item, { ...item, RepoTags: null }])), [
    { config: 'c.json', layers: ['x/layer.tar'], names: ['a:1', 'b:2'] },
    { config: 'c.json', layers: ['x/layer.tar'], names: [] },
  ]);
});

test('of an OCI layout the image of this machine is taken, through nested indexes', async () => {
  const manifest = { config: { digest: digestOf('c') }, layers: [{ digest: digestOf('l') }] };
  const platform = { os: 'linux', ...hostArchitecture() };
  const other = descriptor({}, { platform: { os: 'linux', architecture: 'mips' } });
  const inner = { manifests: [other, descriptor(manifest, { platform })] };
  const annotations = { 'org.opencontainers.image.ref.name': 'example.org/a:1' };
  const index = {
    manifests: [descriptor(inner, { mediaType: 'application/vnd.oci.image.index.v1+json', annotations })],
  };
  assert.deepEqual(await contents(blob(manifest), blob(inner), json('index.json', index)), [
    {
      config: `blobs/sha256/${hexOf(digestOf('c'))}`,
      layers: [`blobs/sha256/${hexOf(digestOf('l'))}`],
      names: ['example.org/a:1'],
    },
  ]);
});

test('an archive that is none of images, or names files outside of itself, is refused', async () => {
  await assert.rejects(contents({ name: 'etc/passwd' }), /does not contain a "manifest.json"/);
  await assert.rejects(contents({ name: '../evil' }), {
    kind: 'invalid',
    message: '"../evil" is outside of the root',
  });
  await assert.rejects(contents({ name: 'manifest.json', content: '{' }), /"manifest.json" is not JSON/);
  await assert.rejects(contents(json('manifest.json', [{ Config: 5 }])), /lists no images/);
  await assert.rejects(
    contents(json('manifest.json', [{ Config: 'c', RepoTags: ['A B'], Layers: [] }])),
    /invalid reference/,
  );
  await assert.rejects(
    contents(json('index.json', { manifests: [descriptor({}, { digest: '../../x' })] })),
    /invalid digest/,
  );
  const loop: Part[] = [
    { name: 'manifest.json', type: 'symlink', link: 'b' },
    { name: 'b', type: 'symlink', link: 'manifest.json' },
  ];
  await assert.rejects(contents(...loop), /does not contain a "manifest.json"/);
});
