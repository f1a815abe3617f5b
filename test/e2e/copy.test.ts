// docker cp and volumes: files in, files out, and never anything outside.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const here = join(engine.lab.directory, 'files');
mkdirSync(join(here, 'tree/branch'), { recursive: true });
writeFileSync(join(here, 'leaf'), 'green\n', { mode: 0o640 });
writeFileSync(join(here, 'tree/branch/leaf'), 'yellow\n');
symlinkSync('leaf', join(here, 'tree/branch/link'));

describe('cp', () => {
  test('a file goes in and comes out, with its mode', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    await docker('cp', join(here, 'leaf'), `${id}:/root/`);
    assert.equal(await docker('exec', id, 'sh', '-c', 'cat /root/leaf; stat -c %a /root/leaf'), 'green\n640');
    await docker('cp', `${id}:/root/leaf`, join(here, 'back'));
    assert.equal(readFileSync(join(here, 'back'), 'utf8'), 'green\n');
    assert.equal(statSync(join(here, 'back')).mode & 0o777, 0o640);
  });

  test('a folder goes with all that is in it, links included', async () => {
    const id = await docker('create', 'busybox');
    await docker('cp', join(here, 'tree'), `${id}:/copied`);
    await docker('cp', `${id}:/copied`, join(here, 'returned'));
    assert.equal(readFileSync(join(here, 'returned/branch/link'), 'utf8'), 'yellow\n');
  });

  test('a link inside that points at the host leads nowhere outside', async () => {
    const secret = join(here, 'secret');
    writeFileSync(secret, 'of the host');
    const id = await docker('run', '-d', 'busybox', ...staying);
    await docker('exec', id, 'ln', '-s', secret, '/way');
    await docker('exec', id, 'ln', '-s', here, '/folder');
    assert.notEqual((await engine.attempt(['cp', '-L', `${id}:/way`, join(here, 'stolen')])).code, 0);
    await engine.attempt(['cp', join(here, 'leaf'), `${id}:/folder/planted`]);
    assert.equal(existsSync(join(here, 'planted')), false);
    assert.equal(existsSync(join(here, 'stolen')), false);
  });

  test('what is not there is said so', async () => {
    const id = await docker('create', 'busybox');
    const from = await engine.attempt(['cp', `${id}:/no/such`, here]);
    assert.equal(from.code, 1);
    assert.match(from.stderr, /Could not find the file \/no\/such in container|no such file or directory/i);
    assert.equal((await engine.attempt(['cp', join(here, 'leaf'), 'nobody:/'])).code, 1);
  });
});

describe('volumes', () => {
  test('create, ls, inspect, rm', async () => {
    assert.equal(await docker('volume', 'create', '--label', 'tree=oak', 'woods'), 'woods');
    assert.equal(await docker('volume', 'ls', '-q', '--filter', 'label=tree=oak'), 'woods');
    assert.equal(await docker('volume', 'ls', '-q', '--filter', 'label=tree=elm'), '');
    const [volume] = JSON.parse(await docker('volume', 'inspect', 'woods'));
    assert.equal(volume.Driver, 'local');
    assert.equal(volume.Mountpoint, join(engine.dataRoot, 'volumes/woods/_data'));
    assert.equal(volume.Labels.tree, 'oak');
    await docker('volume', 'rm', 'woods');
    assert.equal((await engine.attempt(['volume', 'inspect', 'woods'])).code, 1);
    assert.equal(existsSync(volume.Mountpoint), false);
  });

  test('one that is in use is not removed', async () => {
    const id = await docker('create', '-v', 'woods:/data', 'busybox');
    const { code, stderr } = await engine.attempt(['volume', 'rm', 'woods']);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`volume is in use - \\[${id}\\]`));
    await docker('rm', id);
    await docker('volume', 'rm', 'woods');
  });

  test('an anonymous one stays after rm, and goes with rm -v', async () => {
    const first = await docker('create', '-v', '/data', 'busybox');
    const name = await inspect(engine, first, '{{(index .Mounts 0).Name}}');
    await docker('rm', first);
    assert.equal(await docker('volume', 'ls', '-q', '--filter', 'dangling=true'), name);
    await docker('volume', 'rm', name);
    const second = await docker('create', '-v', '/data', 'busybox');
    await docker('rm', '-v', second);
    assert.equal(await docker('volume', 'ls', '-q'), '');
  });

  test('a name that cannot be one is refused', async () => {
    for (const name of ['../up', 'a/b', '.hidden']) {
      const { code } = await engine.attempt(['volume', 'create', name]);
      assert.equal(code, 1, name);
    }
  });
});
