// The daemon itself: versions, info, events, a second one on the same roots, other roots beside it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { projectRoot } from '@pontoon/lab';
import type { Json } from '../api.ts';
import { command } from '../command.ts';
import { engineIn, isOracle, openEngine, pontoonOnly } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;

describe('who it is', () => {
  test('ping answers OK, with the version of the API', async () => {
    const { status, text, headers } = await engine.api('GET', '/_ping');
    assert.deepEqual([status, text], [200, 'OK']);
    assert.match(String(headers['api-version']), /^1\.\d+$/);
    assert.equal(headers.ostype, 'linux');
    assert.equal((await engine.api('HEAD', '/_ping')).status, 200);
  });

  test('version and info say what it runs on', async () => {
    assert.match(await docker('version', '--format', '{{.Server.Version}} {{.Server.Os}}'), /^\S+ linux$/);
    const info = JSON.parse(await docker('info', '--format', '{{json .}}'));
    assert.equal(info.OSType, 'linux');
    assert.equal(info.DockerRootDir, engine.dataRoot);
    assert.ok(info.NCPU >= 1);
    assert.ok(info.MemTotal > 0);
    assert.equal(info.Containers, 0);
  });

  test('paths work with and without a version', async () => {
    for (const path of ['/containers/json', '/v1.41/containers/json', '/v1.24/containers/json']) {
      assert.equal((await engine.api('GET', path)).status, 200, path);
    }
  });
});

describe('networks that are always there', () => {
  test('bridge, host and none are listed and inspected as Docker does', async () => {
    const rows = await docker('network', 'ls', '--format', '{{.Name}} {{.Driver}} {{.Scope}}');
    assert.deepEqual(rows.split('\n').toSorted(), [
      'bridge bridge local',
      'host host local',
      'none null local',
    ]);
    const [bridge] = JSON.parse(await docker('network', 'inspect', 'bridge'));
    assert.equal(bridge.IPAM.Config[0].Subnet, '172.17.0.0/16');
    if (!isOracle) assert.equal(bridge.IPAM.Config[0].Gateway, '172.17.0.1'); // 20.10 leaves it out
    assert.equal(bridge.Options['com.docker.network.bridge.name'], engine.bridge);
    assert.equal(bridge.Options['com.docker.network.bridge.default_bridge'], 'true');
    const id = await docker('run', '-d', '--name', 'member', 'busybox', ...staying);
    const [now] = JSON.parse(await docker('network', 'inspect', 'bridge'));
    assert.equal(now.Containers[id].Name, 'member');
    assert.equal(
      now.Containers[id].IPv4Address,
      `${await inspect(engine, id, '{{.NetworkSettings.IPAddress}}')}/16`,
    );
    await docker('rm', '-f', id);
  });

  test('they cannot be removed', async () => {
    for (const name of ['bridge', 'host', 'none']) {
      const { code, stderr } = await engine.attempt(['network', 'rm', name]);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`${name} is a pre-defined network and cannot be removed`));
    }
  });
});

describe('events', () => {
  test('the life of a container is told, in order, with its name and exit code', async () => {
    const since = `${Date.now() / 1000}`;
    const id = await docker(
      'run',
      '-d',
      '--name',
      'told',
      '--label',
      'tree=oak',
      'busybox',
      'sh',
      '-c',
      'exit 3',
    );
    await docker('wait', id);
    await docker('rm', id);
    const until = `${Date.now() / 1000 + 0.001}`;
    const lines = await docker(
      'events',
      '--since',
      since,
      '--until',
      until,
      '--filter',
      `container=${id}`,
      '--format',
      '{{json .}}',
    );
    const events = lines.split('\n').map((line) => JSON.parse(line) as Json);
    const actions = events
      .map((event) => String(event.Action))
      .filter((action) => !action.startsWith('attach'));
    assert.deepEqual(actions, ['create', 'start', 'die', 'destroy']);
    const die = events.find((event) => event.Action === 'die');
    assert.equal(die?.Actor?.Attributes?.exitCode, '3');
    assert.equal(die?.Actor?.Attributes?.name, 'told');
    assert.equal(die?.Actor?.Attributes?.tree, 'oak');
    assert.equal(die?.Actor?.Attributes?.image, 'busybox');
  });

  test('networks are connected and disconnected, and a stream hears it at once', async () => {
    const client = engine.client('docker');
    const [file = '', ...rest] = client.argv;
    const stream = spawn(
      file,
      [...rest, 'events', '--filter', 'type=network', '--format', '{{.Action}} {{.Actor.Attributes.name}}'],
      {
        env: { ...process.env, ...client.environment },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    after(() => stream.kill('SIGKILL'));
    let heard = '';
    stream.stdout.on('data', (bytes) => (heard += bytes));
    await until('the stream hears a network made', async () => {
      await docker('network', 'create', 'made');
      await docker('network', 'rm', 'made');
      return heard.includes('create made') && heard.includes('destroy made');
    });
    await docker('run', '--rm', 'busybox', 'true');
    await until(
      'it hears the container',
      () => heard.includes('connect bridge') && heard.includes('disconnect bridge'),
    );
    stream.kill('SIGKILL');
  });
});

describe('several daemons', () => {
  test(
    'a second one on the same roots is refused, and the first is not disturbed',
    pontoonOnly('by its pid file'),
    async () => {
      const id = await docker('run', '-d', 'busybox', ...staying);
      const argv = [
        ...[
          'nsenter',
          `--net=${engine.host.path}`,
          '--',
          join(projectRoot, 'tools/node'),
          join(projectRoot, 'apps/daemon/src/main.ts'),
        ],
        ...[
          '--data-root',
          engine.dataRoot,
          '--run-root',
          engine.runRoot,
          '--host',
          `unix://${engine.lab.directory}/second.sock`,
        ],
      ];
      const { code, stderr, stdout } = await command(argv);
      assert.notEqual(code, 0);
      assert.match(stderr + stdout, /another daemon|already run/i);
      assert.equal(await inspect(engine, id, '{{.State.Running}}'), 'true');
      await removeContainers(engine);
    },
  );

  test('one with roots of its own, on another machine, shares nothing', {
    skip: isOracle && 'one is enough to compare',
  }, async () => {
    const machine = await engine.lab.addMachine('second');
    const other = await engineIn(engine.lab, { name: 'second', machine });
    const id = await other.docker('run', '-d', '--name', 'same', 'busybox', ...staying);
    const mine = await docker('run', '-d', '--name', 'same', 'busybox', ...staying);
    assert.equal(await docker('ps', '-q', '--no-trunc'), mine);
    assert.equal(await other.docker('ps', '-q', '--no-trunc'), id);
    assert.equal(await inspect(other, id, '{{.NetworkSettings.IPAddress}}'), '172.17.0.2');
    await removeContainers(other);
    await other.stop();
    await removeContainers(engine);
  });
});

describe('clients', () => {
  test(
    'pontoon and docker print the same lists',
    pontoonOnly('pontoon speaks to its own daemon'),
    async () => {
      const id = await docker('run', '-d', '--name', 'shown', '-p', '8080:80', 'busybox', ...staying);
      for (const argv of [
        ['ps', '--format', '{{.ID}} {{.Names}} {{.Image}} {{.Command}} {{.Ports}}'],
        ['ps', '-aq'],
        ['images', '-q', '--no-trunc'],
        ['network', 'ls', '--format', '{{.ID}} {{.Name}} {{.Driver}}'],
        ['inspect', '-f', '{{.State.Pid}} {{.HostConfig.NetworkMode}}', id],
        ['port', id],
        ['logs', id],
        ['volume', 'ls', '-q'],
      ]) {
        assert.equal(await engine.pontoon(...argv), await docker(...argv), argv.join(' '));
      }
      await docker('rm', '-f', id);
    },
  );
});
