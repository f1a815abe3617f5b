// Other clients than the command lines: dockerode and compose.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, afterEach, describe, test } from 'node:test';
import Docker from 'dockerode';
import { command } from '../command.ts';
import { openEngine } from '../engine.ts';
import { fetchFrom, removeContainers } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
await engine.docker('run', '--rm', 'busybox', 'true');

describe('dockerode', () => {
  const docker = new Docker({ socketPath: engine.socket });

  test('runs a container and reads its streams apart', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const heard = { out: '', err: '' };
    stdout.setEncoding('utf8').on('data', (piece: string) => (heard.out += piece));
    stderr.setEncoding('utf8').on('data', (piece: string) => (heard.err += piece));
    const [result] = await docker.run(
      'busybox',
      ['sh', '-c', 'echo out; echo err >&2; exit 4'],
      [stdout, stderr],
      { Tty: false },
    );
    assert.equal(result.StatusCode, 4);
    // dockerode tells of the end when it has the status, not when the streams have ended.
    await until('both streams', () => heard.out === 'out\n' && heard.err === 'err\n');
  });

  test('creates, starts, execs, inspects, stops, removes', async () => {
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['sleep', '1000'],
      name: 'larch',
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
      ExposedPorts: { '80/tcp': {} },
    });
    await container.start();
    const exec = await container.exec({ Cmd: ['echo', 'inside'], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    const output = new PassThrough();
    docker.modem.demuxStream(stream, output, output);
    stream.on('end', () => output.end());
    assert.equal(await text(output), 'inside\n');
    assert.equal((await exec.inspect()).ExitCode, 0);
    const data = await container.inspect();
    assert.equal(data.State.Running, true);
    assert.deepEqual(data.NetworkSettings.Ports['80/tcp']?.[0]?.HostPort, '8080');
    await container.stop({ t: 0 });
    await container.remove();
    await assert.rejects(container.inspect(), { statusCode: 404 });
  });

  test('talks to a container by stdin', async () => {
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['cat'],
      OpenStdin: true,
      StdinOnce: true,
      Tty: false,
    });
    const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
    await container.start();
    const output = new PassThrough();
    docker.modem.demuxStream(stream, output, output);
    stream.on('end', () => output.end());
    stream.end('there and back');
    assert.equal(await text(output), 'there and back');
    assert.equal((await container.wait()).StatusCode, 0);
  });

  test('networks and events', async () => {
    const events = await docker.getEvents({ filters: { type: ['network'] } });
    const network = await docker.createNetwork({ Name: 'grove', Labels: { a: 'b' } });
    const found = await docker.listNetworks({ filters: { label: ['a=b'] } });
    assert.deepEqual(
      found.map(({ Name }) => Name),
      ['grove'],
    );
    await network.remove();
    let heard = '';
    events.on('data', (bytes) => (heard += bytes));
    await until('the events', () => heard.includes('"create"') && heard.includes('"destroy"'));
    events.destroy();
  });
});

const compose = await command(['sh', '-c', 'command -v docker-compose']);

describe('docker-compose', { skip: compose.code !== 0 && 'it is not installed' }, () => {
  const file = `
version: "2.4"
services:
  web:
    image: busybox
    command: ["sh", "-c", "mkdir -p /www/cgi-bin; printf '#!/bin/sh\\\\necho; echo web\\\\n' >/www/cgi-bin/who; chmod +x /www/cgi-bin/who; exec httpd -f -p 80 -h /www"]
    ports: ["8080:80"]
    networks: [front, back]
    depends_on: {db: {condition: service_healthy}}
  db:
    image: busybox
    command: ["sh", "-c", "sleep 1; touch /data/ready; echo ready; exec sleep 1000"]
    volumes: ["data:/data"]
    networks: [back]
    healthcheck: {test: ["CMD", "test", "-e", "/data/ready"], interval: 500ms, retries: 100}
  worker:
    image: busybox
    command: ["sleep", "1000"]
    networks: {back: {aliases: [hand]}}
networks: {front: {}, back: {internal: true}}
volumes: {data: {}}
`;
  const folder = join(engine.lab.directory, 'project');
  const run = async (...argv: string[]): Promise<string> => {
    const { environment } = engine.client('docker');
    const { code, stdout, stderr } = await command(['docker-compose', ...argv], {
      directory: folder,
      environment,
      limit_s: 70,
    });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };

  test('up, exec by service names, published port, scale, logs, down', { timeout: 180_000 }, async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'docker-compose.yml'), file);
    await run('up', '-d');
    assert.equal(await fetchFrom(engine.outside, '198.51.100.2:8080'), 'web');
    assert.match(await run('exec', '-T', 'web', 'ping', '-c', '1', '-W', '10', 'db'), /1 packets received/);
    assert.match(await run('exec', '-T', 'web', 'ping', '-c', '1', '-W', '10', 'hand'), /1 packets received/);
    await run('up', '-d', '--scale', 'worker=3');
    assert.equal((await run('ps', '-q', 'worker')).trim().split('\n').length, 3);
    assert.match(await run('logs', 'db'), /db_1.*ready/);
    const followed = run('logs', '-f', 'db');
    await run('stop', '-t', '0', 'db');
    assert.match(await followed, /db_1 exited with code/);
    await run('down', '-v', '-t', '0');
    assert.equal(await engine.docker('ps', '-aq'), '');
    assert.equal(await engine.docker('volume', 'ls', '-q'), '');
    assert.doesNotMatch(await engine.docker('network', 'ls', '--format', '{{.Name}}'), /project/);
  });
});
