// The flags of `run`, one by one: what the container sees of each.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { inspect, removeContainers } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const run = (...argv: string[]): Promise<string> => docker('run', '--rm', ...argv);
const shared = join(engine.lab.directory, 'shared');
mkdirSync(shared);
writeFileSync(join(shared, 'hello'), 'from the host\n');

describe('what runs', () => {
  test('the command of the image runs where none is given', async () => {
    const { code, stdout } = await engine.attempt(['run', '--rm', '-i', 'busybox'], {
      input: 'echo $((6*7))\n',
    });
    assert.deepEqual([code, stdout], [0, '42\n']);
  });

  test('--entrypoint goes before the arguments', async () => {
    assert.equal(await run('--entrypoint', 'echo', 'busybox', 'a', 'b'), 'a b');
  });

  test('-w sets the working directory, and makes it', async () => {
    assert.equal(await run('-w', '/tmp', 'busybox', 'pwd'), '/tmp');
    assert.equal(await run('-w', '/not/there/yet', 'busybox', 'pwd'), '/not/there/yet');
  });

  test('-u takes a name, a number, and a group', async () => {
    assert.equal(await run('-u', 'nobody', 'busybox', 'id', '-u'), '65534');
    assert.equal(await run('-u', '1234', 'busybox', 'sh', '-c', 'id -u; id -g'), '1234\n0');
    assert.equal(await run('-u', '1234:4321', 'busybox', 'sh', '-c', 'id -u; id -g'), '1234\n4321');
    const { code, stderr } = await engine.attempt(['run', '--rm', '-u', 'nosuchuser', 'busybox', 'true']);
    assert.notEqual(code, 0);
    assert.match(stderr, /unable to find user nosuchuser/);
  });

  test('--group-add adds groups by number', async () => {
    assert.match(await run('--group-add', '777', 'busybox', 'id', '-G'), /\b777\b/);
  });

  test('--init puts a reaper at PID 1', async () => {
    const text = await run('--init', 'busybox', 'ps');
    assert.match(text, /^ +1 root .*init/m);
    assert.equal(await run('busybox', 'sh', '-c', 'echo $$'), '1');
  });

  test('--stop-signal is what stop sends', async () => {
    const id = await docker(
      'run',
      '-d',
      '--stop-signal',
      'USR1',
      'busybox',
      'sh',
      '-c',
      'trap "exit 7" USR1; while :; do sleep 1 & wait $!; done',
    );
    await docker('stop', '-t', '30', id);
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '7');
  });

  test('--stop-timeout is how long stop waits before it kills', async () => {
    const id = await docker(
      'run',
      '-d',
      '--stop-timeout',
      '1',
      'busybox',
      'sh',
      '-c',
      'trap "" TERM; echo ready; while :; do sleep 1; done',
    );
    await until('the trap is set', async () => (await docker('logs', id)) === 'ready');
    await docker('stop', id);
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '137');
  });
});

describe('environment, labels, names', () => {
  test('-e sets, passes on and overrides; PATH, HOSTNAME and HOME are there', async () => {
    const { stdout } = await engine.attempt(
      ['run', '--rm', '-e', 'A=1', '-e', 'B', '-e', 'EMPTY=', '--hostname', 'h', 'busybox', 'env'],
      {
        environment: { B: 'from here' },
      },
    );
    const lines = stdout.trim().split('\n');
    for (const line of ['A=1', 'B=from here', 'EMPTY=', 'HOSTNAME=h', 'HOME=/root'])
      assert.ok(lines.includes(line), line);
    assert.match(stdout, /^PATH=\/usr\/local\/sbin:\/usr\/local\/bin:\/usr\/sbin:\/usr\/bin:\/sbin:\/bin$/m);
  });

  test('--env-file reads a file, with comments', async () => {
    const file = join(engine.lab.directory, 'env');
    writeFileSync(file, '# a comment\nX=1\n\nY=two words\n');
    const text = await run('--env-file', file, 'busybox', 'env');
    assert.match(text, /^X=1$/m);
    assert.match(text, /^Y=two words$/m);
  });

  test('--label is in inspect and finds the container', async () => {
    const id = await docker('create', '--label', 'tree=oak', '--label', 'bare', 'busybox');
    assert.equal(
      await inspect(engine, id, '{{index .Config.Labels "tree"}}|{{index .Config.Labels "bare"}}'),
      'oak|',
    );
    assert.equal(await docker('ps', '-aq', '--no-trunc', '--filter', 'label=tree=oak'), id);
  });

  test('--name is the way to call it, and without one a name is made', async () => {
    await docker('create', '--name', 'larch', 'busybox');
    assert.equal(await inspect(engine, 'larch', '{{.Name}}'), '/larch');
    const id = await docker('create', 'busybox');
    assert.match(await inspect(engine, id, '{{.Name}}'), /^\/[a-z]+_[a-z]+\d*$/);
  });

  test('--cidfile has the id', async () => {
    const file = join(engine.lab.directory, 'cid');
    const id = await docker('create', '--cidfile', file, 'busybox');
    assert.equal(readFileSync(file, 'utf8'), id);
  });

  test('--rm removes the container, and its anonymous volumes, when it ends', async () => {
    await run('--name', 'short', '-v', '/data', 'busybox', 'true');
    assert.equal(await docker('ps', '-aq'), '');
    assert.equal(await docker('volume', 'ls', '-q'), '');
  });
});

describe('files', () => {
  test('-v brings a folder of the host in, to write or read-only', async () => {
    assert.equal(await run('-v', `${shared}:/mnt`, 'busybox', 'cat', '/mnt/hello'), 'from the host');
    await run('-v', `${shared}:/mnt`, 'busybox', 'sh', '-c', 'echo back >/mnt/answer');
    assert.equal(readFileSync(join(shared, 'answer'), 'utf8'), 'back\n');
    const { code, stderr } = await engine.attempt([
      'run',
      '--rm',
      '-v',
      `${shared}:/mnt:ro`,
      'busybox',
      'touch',
      '/mnt/x',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /Read-only file system/);
  });

  test('-v of a single file works', async () => {
    assert.equal(
      await run('-v', `${shared}/hello:/etc/hello:ro`, 'busybox', 'cat', '/etc/hello'),
      'from the host',
    );
  });

  test('-v makes a folder of the host that is missing; --mount refuses it', async () => {
    await run('-v', `${shared}/made:/mnt`, 'busybox', 'touch', '/mnt/x');
    assert.equal(readFileSync(join(shared, 'made/x'), 'utf8'), '');
    const flag = `type=bind,source=${shared}/missing,target=/mnt`;
    const { code, stderr } = await engine.attempt(['run', '--rm', '--mount', flag, 'busybox', 'true']);
    assert.equal(code, 125);
    assert.match(stderr, /bind source path does not exist/);
  });

  test('a named volume keeps what is written, for whoever mounts it', async () => {
    await run('-v', 'tree:/data', 'busybox', 'sh', '-c', 'echo oak >/data/name');
    assert.equal(await run('-v', 'tree:/data', 'busybox', 'cat', '/data/name'), 'oak');
    assert.equal(await run('--mount', 'source=tree,target=/d,readonly', 'busybox', 'cat', '/d/name'), 'oak');
    await docker('volume', 'rm', 'tree');
  });

  test('a new volume begins with what the image has there', async () => {
    assert.match(await run('-v', 'copied:/etc', 'busybox', 'cat', '/etc/passwd'), /^root:/);
    await docker('volume', 'rm', 'copied');
  });

  test('--volumes-from mounts what another container has', async () => {
    await docker('create', '--name', 'keeper', '-v', `${shared}:/mnt`, 'busybox');
    assert.equal(await run('--volumes-from', 'keeper', 'busybox', 'cat', '/mnt/hello'), 'from the host');
  });

  test('--tmpfs is a file system in memory with the options given', async () => {
    const text = await run(
      '--tmpfs',
      '/cache:size=1m,mode=1770',
      'busybox',
      'sh',
      '-c',
      'grep /cache /proc/mounts; stat -c %a /cache',
    );
    assert.match(text, /^tmpfs \/cache tmpfs [^\n]*size=1024k/);
    assert.match(text, /1770$/);
    assert.match(
      await run('--mount', 'type=tmpfs,target=/c,tmpfs-size=2m', 'busybox', 'grep', '/c ', '/proc/mounts'),
      /size=2048k/,
    );
  });

  test('--read-only keeps the root file system as it is', async () => {
    const { code, stderr } = await engine.attempt(['run', '--rm', '--read-only', 'busybox', 'touch', '/x']);
    assert.equal(code, 1);
    assert.match(stderr, /Read-only file system/);
    await run('--read-only', '--tmpfs', '/tmp', 'busybox', 'touch', '/tmp/x');
  });

  test('--shm-size is the size of /dev/shm', async () => {
    assert.match(await run('--shm-size', '8m', 'busybox', 'grep', '/dev/shm', '/proc/mounts'), /size=8192k/);
    assert.match(await run('busybox', 'grep', '/dev/shm', '/proc/mounts'), /size=65536k/);
  });

  test('what a container writes is not in the image nor in another container', async () => {
    await docker('run', '--name', 'writer', 'busybox', 'touch', '/only-here');
    assert.equal((await engine.attempt(['run', '--rm', 'busybox', 'ls', '/only-here'])).code, 1);
    assert.match(await docker('diff', 'writer'), /^A \/only-here$/m);
  });

  test('--device brings a device in', async () => {
    assert.match(
      await run('--device', '/dev/null:/dev/nothing', 'busybox', 'ls', '-l', '/dev/nothing'),
      /^crw.* 1, +3 /,
    );
  });
});

describe('restart policies', () => {
  test('--restart on-failure:2 tries twice again, and gives up', async () => {
    const id = await docker(
      'run',
      '-d',
      '--restart',
      'on-failure:2',
      'busybox',
      'sh',
      '-c',
      'echo tried; exit 3',
    );
    await until(
      'it gave up',
      async () => (await inspect(engine, id, '{{.RestartCount}} {{.State.Status}}')) === '2 exited',
    );
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '3');
    assert.equal(await docker('logs', id), 'tried\ntried\ntried');
  });

  test('--restart always starts again what ended well, until it is stopped', async () => {
    const id = await docker(
      'run',
      '-d',
      '--restart',
      'always',
      'busybox',
      'sh',
      '-c',
      'echo again; sleep 0.1',
    );
    await until('three runs', async () => (await docker('logs', id)).split('\n').length >= 3);
    await docker('stop', '-t', '0', id);
    assert.equal(await inspect(engine, id, '{{.State.Status}}'), 'exited');
  });
});
