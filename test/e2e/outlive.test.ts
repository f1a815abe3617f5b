// The daemon is killed, and the containers do not notice. The next one knows them all.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { addressOf, fetchFrom, fetchIn, inspect, removeContainers, staying, webServer } from '../parts.ts';
import { sameAs, traces } from '../traces.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const startsAgain = (): Promise<void> => engine.start();

describe('kill -9 of the daemon', () => {
  test('a connection between two containers goes on, and so does one from outside', async () => {
    const counter = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done';
    const server = await docker(
      'run',
      '-d',
      '-p',
      '8080:80',
      'busybox',
      'sh',
      '-c',
      `nc -ll -p 80 -e sh -c '${counter}'`,
    );
    const address = await addressOf(engine, server);
    const client = await docker(
      'run',
      '-d',
      'busybox',
      'sh',
      '-c',
      `until nc ${address} 80 >>/seen; do sleep 0.1; done`,
    );
    const outside = engine.outside.spawn(['busybox', 'nc', '198.51.100.2', '8080'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let fromOutside = '';
    outside.stdout?.on('data', (bytes) => (fromOutside += bytes));
    const lines = (text: string): string[] =>
      text
        .trim()
        .split('\n')
        .filter((line) => line !== '');
    const seen = async (): Promise<string[]> => lines(await docker('exec', client, 'cat', '/seen'));
    await until('the container hears the other', async () => (await seen()).length > 3);
    await until('the outside hears it', () => lines(fromOutside).length > 3);

    await engine.kill();
    const then = lines(fromOutside).length;
    await until('the outside goes on hearing it', () => lines(fromOutside).length > then + 3);
    await startsAgain();
    const heard = await seen();
    await until('the container goes on hearing', async () => (await seen()).length > heard.length + 3);
    // One connection each, from the first line on: no number is missing and none comes twice.
    const wanted = heard.map((_, index) => `${index + 1}`);
    assert.deepEqual(heard, wanted);
    assert.deepEqual(
      lines(fromOutside).slice(0, -1),
      lines(fromOutside)
        .slice(0, -1)
        .map((_, index) => `${index + 1}`),
    );
    outside.kill('SIGKILL');
  });

  test('the next daemon lists, execs, logs, inspects, stops and removes what runs', async () => {
    const id = await docker(
      'run',
      '-d',
      '--name',
      'larch',
      '--label',
      'a=b',
      '-p',
      '8080:80',
      'busybox',
      ...webServer(),
    );
    const before = JSON.parse(await docker('inspect', id))[0];
    await engine.kill();
    await startsAgain();
    assert.equal(await docker('ps', '-q', '--no-trunc'), id);
    const now = JSON.parse(await docker('inspect', id))[0];
    for (const part of ['Id', 'Name', 'Created', 'Image', 'Config', 'HostConfig'])
      assert.deepEqual(now[part], before[part], part);
    assert.equal(now.State.Pid, before.State.Pid);
    assert.equal(now.State.StartedAt, before.State.StartedAt);
    assert.deepEqual(now.NetworkSettings.Ports, before.NetworkSettings.Ports);
    assert.equal(
      now.NetworkSettings.Networks.bridge.IPAddress,
      before.NetworkSettings.Networks.bridge.IPAddress,
    );
    assert.equal(await docker('exec', id, 'hostname'), id.slice(0, 12));
    assert.match(await fetchFrom(engine.outside, '198.51.100.2:8080'), / 198\.51\.100\.1$/);
    await docker('stop', '-t', '0', id);
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '137');
    await docker('rm', id);
  });

  test('the exit codes of those that ended meanwhile are known', async () => {
    const id = await docker(
      'run',
      '-d',
      'busybox',
      'sh',
      '-c',
      'until [ -e /go ]; do sleep 0.05; done; echo last; exit 23',
    );
    const pid = await inspect(engine, id, '{{.State.Pid}}');
    await docker('exec', '-d', id, 'sh', '-c', 'sleep 1; touch /go');
    await engine.kill();
    await until('it ended', () => !existsSync(`/proc/${pid}`));
    await startsAgain();
    await until('it is known', async () => (await inspect(engine, id, '{{.State.Status}}')) === 'exited');
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '23');
    // dockerd writes the log itself: what comes while it is away is lost.
    if (!engine.isOracle) assert.equal(await docker('logs', id), 'last');
  });

  test('what --rm asks for is done by the next daemon', async () => {
    const id = await docker(
      'run',
      '-d',
      '--rm',
      'busybox',
      'sh',
      '-c',
      'until [ -e /go ]; do sleep 0.05; done',
    );
    await docker('exec', '-d', id, 'sh', '-c', 'sleep 1; touch /go');
    await engine.kill();
    await startsAgain();
    await until('it is gone', async () => (await docker('ps', '-aq')) === '');
  });

  test('a log is followed on, and new containers join the old on the bridge', async () => {
    const old = await docker('run', '-d', '--name', 'old', 'busybox', ...webServer());
    await engine.kill();
    await startsAgain();
    const young = await docker('run', '-d', 'busybox', ...staying);
    assert.notEqual(await addressOf(engine, young), await addressOf(engine, old));
    assert.match(await fetchIn(engine, young, await addressOf(engine, old)), /^\S+ 172\.17\./);
  });

  test('a port that was published stays taken', async () => {
    await docker('run', '-d', '-p', '8080:80', 'busybox', ...staying);
    await engine.kill();
    await startsAgain();
    const { code, stderr } = await engine.attempt(['run', '--rm', '-p', '8080:80', 'busybox', 'true']);
    assert.equal(code, 125);
    assert.match(stderr, /port is already allocated/);
    assert.notEqual((await engine.host.attempt(['busybox', 'httpd', '-f', '-p', '8080'])).status, 0);
  });

  test('a container that was created is started by the next daemon', async () => {
    const id = await docker('create', 'busybox', 'echo', 'late');
    await engine.kill();
    await startsAgain();
    assert.equal(await docker('start', '-a', id), 'late');
  });
});

describe('a daemon that is stopped in order', () => {
  test('leaves the containers running, and finds them again', async () => {
    const id = await docker('run', '-d', '-p', '8080:80', 'busybox', ...webServer());
    await fetchFrom(engine.outside, '198.51.100.2:8080');
    await engine.stop();
    assert.match(await fetchFrom(engine.outside, '198.51.100.2:8080'), / 198\.51\.100\.1$/);
    await startsAgain();
    assert.equal(await inspect(engine, id, '{{.State.Running}}'), 'true');
  });
});

describe('after a crash', () => {
  test(
    'the next daemon repairs what was lost while none ran',
    pontoonOnly('it does not repair'),
    async () => {
      const id = await docker('run', '-d', '-p', '8080:80', 'busybox', ...webServer());
      await fetchFrom(engine.outside, '198.51.100.2:8080');
      await engine.kill();
      await engine.host.run(['nft', 'delete', 'table', 'inet', 'pontoon']);
      await engine.host.run(['ip', 'link', 'set', engine.bridge, 'down']);
      await startsAgain();
      assert.match(await fetchFrom(engine.outside, '198.51.100.2:8080'), / 198\.51\.100\.1$/);
      assert.match(await fetchIn(engine, id, '198.51.100.2:8080'), /./);
    },
  );

  test(
    'the next daemon removes what no record explains, and only what is its own',
    pontoonOnly('it does not'),
    async () => {
      await docker('run', '--rm', 'busybox', 'true');
      const clean = await traces(engine);
      const { host } = engine;
      await host.run(['ip', 'link', 'add', 'other0', 'type', 'veth', 'peer', 'name', 'other1']);
      const id = await docker('run', '-d', 'busybox', ...staying);
      const pid = await inspect(engine, id, '{{.State.Pid}}');
      await engine.kill();
      process.kill(Number(pid), 'SIGKILL');
      await startsAgain();
      await docker('rm', '-f', id);
      assert.match(await host.run(['ip', 'link', 'show', 'other0']), /other0/);
      await host.run(['ip', 'link', 'del', 'other0']);
      await sameAs(engine, clean);
    },
  );
});
