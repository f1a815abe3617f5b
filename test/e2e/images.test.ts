// Images: listed, loaded, saved, imported, tagged, removed; and archives that want to do harm.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { dockerArchive, type Entry, ociArchive, tar } from '../archives.ts';
import { busyboxTar } from '../busybox.ts';
import type { Result } from '../command.ts';
import { openEngine, pontoonOnly } from '../engine.ts';
import { removeContainers, staying } from '../parts.ts';

const engine = await openEngine({ contract: true });
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const base = await busyboxTar();
const load = (archive: Uint8Array): Promise<Result> => engine.attempt(['load'], { input: archive });
const importTar = (archive: Uint8Array, name: string): Promise<Result> =>
  engine.attempt(['import', '-', name], { input: archive });

// Sorted: images of the same second come in any order.
const ids = async (): Promise<string[]> => (await docker('images', '-aq')).split('\n').sort();

describe('the default image', () => {
  test('busybox is there without a registry', async () => {
    assert.equal(await docker('run', '--rm', 'busybox', 'echo', 'hello'), 'hello');
    assert.equal(await docker('run', '--rm', 'busybox:latest', 'echo', 'hello'), 'hello');
    assert.match(await docker('images', '--format', '{{.Repository}}:{{.Tag}}'), /^busybox:latest$/m);
  });

  test('an image that is not there and cannot be pulled is said so', async () => {
    const { code, stderr } = await engine.attempt([
      'run',
      '--rm',
      '--pull',
      'never',
      'no-such-image',
      'true',
    ]);
    assert.equal(code, 125);
    assert.match(stderr, /No such image: no-such-image:latest/);
  });

  test('a reference that cannot be one is refused', async () => {
    const { code, stderr } = await engine.attempt(['run', '--rm', 'Not/Lower', 'true']);
    assert.equal(code, 125);
    assert.match(stderr, /invalid reference format/);
  });
});

describe('load and save', () => {
  test('an archive of docker save, with two layers: the upper one hides and adds', async () => {
    const upper = tar([
      { name: 'etc/.wh.group', content: '' },
      { name: 'hello', content: 'upper\n' },
      { name: 'var/.wh..wh..opq', content: '' },
    ]);
    const middle = tar([
      { name: 'hello', content: 'middle\n' },
      { name: 'var/', type: '5' },
      { name: 'var/gone', content: 'x' },
    ]);
    const { code, stdout } = await load(dockerArchive({ tags: ['layers:1'], layers: [base, middle, upper] }));
    assert.equal(code, 0);
    assert.match(stdout, /Loaded image: layers:1/);
    assert.equal(await docker('run', '--rm', 'layers:1', 'cat', '/hello'), 'upper');
    assert.equal(
      await docker(
        'run',
        '--rm',
        'layers:1',
        'sh',
        '-c',
        'ls /etc/group /var/gone 2>/dev/null; ls /etc/passwd',
      ),
      '/etc/passwd',
    );
    assert.equal((await docker('history', '-q', 'layers:1')).split('\n').length, 3);
  });

  test('an archive may hold several images, and be compressed', async () => {
    const archive = dockerArchive(
      { tags: ['several:a', 'several:b'], layers: [base], config: { Cmd: ['echo', 'a'] } },
      {
        tags: ['several:c'],
        layers: [base],
        config: { Cmd: ['echo', 'c'], Env: ['X=1'], WorkingDir: '/tmp' },
      },
    );
    const { stdout } = await load(gzipSync(archive));
    for (const name of ['several:a', 'several:b', 'several:c'])
      assert.match(stdout, new RegExp(`Loaded image: ${name}`));
    assert.equal(await docker('run', '--rm', 'several:b'), 'a');
    assert.equal(await docker('run', '--rm', 'several:c', 'sh', '-c', 'echo $X; pwd'), '1\n/tmp');
  });

  test('an OCI layout, also by zstd', pontoonOnly('20.10 does not read OCI layouts'), async () => {
    const archive = ociArchive({ tags: ['oci:1'], layers: [base], config: { Cmd: ['echo', 'oci'] } });
    assert.match((await load(archive)).stdout, /Loaded image/);
    assert.equal(await docker('run', '--rm', 'oci:1'), 'oci');
    await docker('rmi', 'oci:1');
    assert.match((await load(zstdCompressSync(archive))).stdout, /Loaded image/);
    assert.equal(await docker('run', '--rm', 'oci:1'), 'oci');
  });

  test('what was saved loads again, with the same id', async () => {
    const file = join(engine.lab.directory, 'saved.tar');
    await docker('tag', 'busybox', 'kept:1');
    const id = await docker('images', '-q', '--no-trunc', 'kept:1');
    await docker('save', '-o', file, 'kept:1');
    await docker('rmi', 'kept:1');
    assert.match((await load(readFileSync(file))).stdout, /Loaded image: kept:1/);
    assert.equal(await docker('images', '-q', '--no-trunc', 'kept:1'), id);
  });

  test('import makes an image of a root file system, with changes', async () => {
    const file = join(engine.lab.directory, 'rootfs.tar');
    writeFileSync(file, base);
    const id = await docker(
      'import',
      '-c',
      'CMD ["echo", "imported"]',
      '-c',
      'ENV A=b',
      '-m',
      'by hand',
      file,
      'imported:1',
    );
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(await docker('run', '--rm', 'imported:1'), 'imported');
    assert.equal(await docker('run', '--rm', 'imported:1', 'sh', '-c', 'echo $A'), 'b');
  });

  test('export is the file system of a container', async () => {
    await docker('run', '--name', 'exported', 'busybox', 'sh', '-c', 'echo hi >/mark');
    const file = join(engine.lab.directory, 'export.tar');
    await docker('export', '-o', file, 'exported');
    await docker('import', file, 'again:1');
    assert.equal(await docker('run', '--rm', 'again:1', 'cat', '/mark'), 'hi');
  });

  test('commit makes an image of a container', async () => {
    await docker('run', '--name', 'changed', 'busybox', 'sh', '-c', 'echo hi >/mark');
    await docker('commit', '-c', 'CMD ["cat", "/mark"]', 'changed', 'committed:1');
    assert.equal(await docker('run', '--rm', 'committed:1'), 'hi');
  });
});

describe('tags and removal', () => {
  test('removing a tag leaves the image as long as it has another', async () => {
    await docker('tag', 'busybox', 'twig:1');
    assert.match(await docker('rmi', 'twig:1'), /^Untagged: twig:1$/m);
    assert.equal(await docker('run', '--rm', 'busybox', 'echo', 'still'), 'still');
  });

  test('an image that a container uses is not removed', async () => {
    await load(dockerArchive({ tags: ['used:1'], layers: [base] }));
    await docker('run', '-d', '--name', 'user', 'used:1', ...staying);
    const { code, stderr } = await engine.attempt(['rmi', 'used:1']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /conflict: unable to remove repository reference "used:1" \(must force\) - container [0-9a-f]{12} is using its referenced image/,
    );
    await docker('rm', '-f', 'user');
    assert.match(await docker('rmi', 'used:1'), /^Untagged: used:1\n(Deleted: sha256:[0-9a-f]+\n?)+/);
  });

  test('an image that is not there cannot be removed', async () => {
    const { code, stderr } = await engine.attempt(['rmi', 'nobody']);
    assert.equal(code, 1);
    assert.match(stderr, /No such image: nobody/);
  });

  test('inspect has the configuration, the layers and the tags', async () => {
    const archive = dockerArchive({
      tags: ['look:1'],
      layers: [base],
      config: {
        Env: ['A=1'],
        ExposedPorts: { '80/tcp': {} },
        Labels: { tree: 'oak' },
        User: 'nobody',
        Entrypoint: ['echo'],
      },
    });
    await load(archive);
    const [image] = JSON.parse(await docker('image', 'inspect', 'look:1'));
    assert.deepEqual(image.RepoTags, ['look:1']);
    assert.deepEqual(image.Config.Env, ['A=1']);
    assert.deepEqual(image.Config.Entrypoint, ['echo']);
    assert.equal(image.Config.User, 'nobody');
    assert.equal(image.RootFS.Layers.length, 1);
    assert.equal(image.Os, 'linux');
    assert.ok(image.Size > 500_000);
    assert.equal(await docker('ps', '-aq', '--filter', 'ancestor=look:1'), '');
    assert.equal(await docker('images', '-q', '--filter', 'label=tree=oak', '--no-trunc'), image.Id);
  });
});

describe('archives that are broken or hostile', () => {
  const outside = join(engine.lab.directory, 'escaped');
  const inner = outside.slice(1);
  const hostile: Record<string, Entry[]> = {
    'a path that climbs out': [{ name: `../../../../../../../../${inner}`, content: 'x' }],
    'an absolute path': [{ name: outside, content: 'x' }],
    'a symbolic link that leads out, and a file through it': [
      { name: 'way', type: '2', link: engine.lab.directory },
      { name: 'way/escaped', content: 'x' },
    ],
    'a relative symbolic link that leads out, and a file through it': [
      { name: 'way', type: '2', link: `../../../../../../../../${engine.lab.directory.slice(1)}` },
      { name: 'way/escaped', content: 'x' },
    ],
    'a hard link to a file outside': [
      { name: 'way', type: '1', link: `../../../../../../../../${engine.lab.directory.slice(1)}/target` },
      { name: 'way', content: 'x' },
    ],
  };
  for (const [title, entries] of Object.entries(hostile)) {
    test(`${title} writes nothing outside`, async () => {
      const target = join(engine.lab.directory, 'target');
      writeFileSync(target, 'untouched');
      const before = await ids();
      const { code } = await importTar(Buffer.concat([tar(entries)]), 'hostile:1');
      if (code === 0) await docker('rmi', '-f', 'hostile:1');
      const loaded = await load(dockerArchive({ tags: ['hostile:2'], layers: [base, tar(entries)] }));
      if (loaded.code === 0) {
        await engine.attempt(['run', '--rm', 'hostile:2', 'true']);
        await docker('rmi', '-f', 'hostile:2');
      }
      assert.equal(existsSync(outside), false);
      assert.equal(readFileSync(target, 'utf8'), 'untouched');
      assert.deepEqual(await ids(), before);
    });
  }

  test('a truncated archive is refused, and nothing of it stays', async () => {
    const archive = dockerArchive({ tags: ['cut:1'], layers: [base] });
    const before = await ids();
    for (const length of [100, 5000, 400_000]) {
      assert.notEqual((await load(archive.subarray(0, length))).code, 0, `${length} bytes`);
    }
    assert.notEqual((await load(gzipSync(archive).subarray(0, 100_000))).code, 0);
    assert.deepEqual(await ids(), before);
  });

  test('what is not an archive at all is refused', async () => {
    assert.notEqual((await load(Buffer.from('this is not a tar'.repeat(100)))).code, 0);
    assert.notEqual((await importTar(Buffer.from('this is not a tar'.repeat(100)), 'nothing:1')).code, 0);
  });

  test('a manifest that names what is not there is refused', async () => {
    const manifest = JSON.stringify([{ Config: 'gone.json', RepoTags: ['gone:1'], Layers: ['gone.tar'] }]);
    assert.notEqual((await load(tar([{ name: 'manifest.json', content: manifest }]))).code, 0);
    const climbing = JSON.stringify([{ Config: '../../etc/passwd', RepoTags: ['gone:1'], Layers: [] }]);
    assert.notEqual((await load(tar([{ name: 'manifest.json', content: climbing }]))).code, 0);
    assert.equal(await docker('images', '-q', 'gone'), '');
  });
});

test('each answer to all of this was as the API describes it', () => {
  assert.deepEqual([...(engine.contract?.deviations ?? [])], []);
});
