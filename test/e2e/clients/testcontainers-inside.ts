/** Run by testcontainers.test.ts in the network namespace of the lab's host, where published ports are to be reached. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { GenericContainer, Network, type StartedTestContainer, Wait } from 'testcontainers';

// Static pages: what a CGI of busybox answers has bare line feeds, which fetch refuses.
const pages = 'mkdir /www; hostname >/www/name; exec httpd -f -p 8080 -h /www';
const serving = (): GenericContainer =>
  new GenericContainer('busybox').withCommand(['sh', '-c', pages]).withExposedPorts(8080);
const urlOf = (container: StartedTestContainer): string =>
  `http://${container.getHost()}:${container.getMappedPort(8080)}/name`;

describe('testcontainers', { timeout: 70_000 }, () => {
  test('waits until a published port answers, and finds the port', async () => {
    await using container = await serving().withHostname('birch').start();
    assert.equal(await (await fetch(urlOf(container))).text(), 'birch\n');
    assert.notEqual(container.getMappedPort(8080), 8080);
  });

  test('waits until an HTTP answer is the one that is wanted', async () => {
    const strategy = Wait.forHttp('/name', 8080).forStatusCode(200);
    await using container = await serving().withWaitStrategy(strategy).start();
    assert.ok(container.getMappedPort(8080) > 0);
  });

  test('waits for a line of the log, and reads the log', async () => {
    await using container = await new GenericContainer('busybox')
      .withCommand(['sh', '-c', 'echo first; sleep 1; echo ready to serve; exec sleep 1000'])
      .withWaitStrategy(Wait.forLogMessage(/ready to/))
      .start();
    const log = await container.logs();
    const lines: string[] = [];
    for await (const piece of log) {
      lines.push(...String(piece).trim().split('\n'));
      if (lines.includes('ready to serve')) break;
    }
    assert.deepEqual(lines, ['first', 'ready to serve']);
  });

  test('waits for a health check, and for a command that succeeds', async () => {
    const making = ['sh', '-c', 'sleep 1; touch /ready; exec sleep 1000'];
    await using healthy = await new GenericContainer('busybox')
      .withCommand(making)
      .withHealthCheck({ test: ['CMD-SHELL', 'test -e /ready'], interval: 300, retries: 100, startPeriod: 0 })
      .withWaitStrategy(Wait.forHealthCheck())
      .start();
    assert.equal((await healthy.exec(['ls', '/ready'])).exitCode, 0);
    await using commanded = await new GenericContainer('busybox')
      .withCommand(making)
      .withWaitStrategy(Wait.forSuccessfulCommand('test -e /ready'))
      .start();
    assert.equal((await commanded.exec(['ls', '/ready'])).exitCode, 0);
  });

  test('waits for containers that run once, and says so where one fails to start', async () => {
    await using once = await new GenericContainer('busybox')
      .withCommand(['true'])
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();
    assert.match(once.getId(), /^[0-9a-f]{64}$/);
    await assert.rejects(
      new GenericContainer('busybox')
        .withCommand(['sh', '-c', 'exit 3'])
        .withWaitStrategy(Wait.forOneShotStartup())
        .start(),
      /failed to start/,
    );
  });

  test('executes commands with user, folder and environment', async () => {
    await using container = await new GenericContainer('busybox').withCommand(['sleep', '1000']).start();
    const { output, exitCode, stdout, stderr } = await container.exec(
      ['sh', '-c', 'echo $TREE $(pwd) $(id -un); echo aside >&2; exit 5'],
      { user: 'nobody', workingDir: '/tmp', env: { TREE: 'elm' } },
    );
    assert.equal(exitCode, 5);
    assert.equal(stdout, 'elm /tmp nobody\n');
    assert.equal(stderr, 'aside\n');
    assert.equal(output.length, stdout.length + stderr.length);
  });

  test('copies in before and after the start, and out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pontoon-testcontainers-'));
    try {
      writeFileSync(join(folder, 'leaf'), 'of a folder');
      await using container = await new GenericContainer('busybox')
        .withCommand(['sleep', '1000'])
        .withCopyContentToContainer([{ content: 'of a text', target: '/srv/text', mode: 0o600 }])
        .withCopyDirectoriesToContainer([{ source: folder, target: '/srv/folder' }])
        .start();
      assert.equal(
        (await container.exec(['cat', '/srv/text', '/srv/folder/leaf'])).output,
        'of a textof a folder',
      );
      assert.equal((await container.exec(['stat', '-c', '%a', '/srv/text'])).output, '600\n');
      await container.copyContentToContainer([{ content: 'later', target: '/srv/later' }]);
      assert.equal((await container.exec(['cat', '/srv/later'])).output, 'later');
      assert.match(await text(await container.copyArchiveFromContainer('/srv/later')), /later/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('networks with aliases, environment, labels, tmpfs', async () => {
    await using network = await new Network().start();
    await using server = await serving().withNetwork(network).withNetworkAliases('web').start();
    await using client = await new GenericContainer('busybox')
      .withCommand(['sleep', '1000'])
      .withNetwork(network)
      .withEnvironment({ TREE: 'oak' })
      .withLabels({ kind: 'tree' })
      .withTmpFs({ '/scratch': 'rw' })
      .start();
    const asked = await client.exec([
      'sh',
      '-c',
      `printf 'GET /name HTTP/1.0\\r\\n\\r\\n' | nc -w 10 web 8080`,
    ]);
    assert.match(asked.output, new RegExp(`\\n${server.getId().slice(0, 12)}\\n`));
    assert.match(
      (await client.exec(['sh', '-c', 'echo $TREE; mount'])).output,
      /^oak\n[\s\S]* on \/scratch type tmpfs/,
    );
    assert.equal(client.getLabels().kind, 'tree');
    assert.ok(server.getNetworkNames().includes(network.getName()));
  });

  test('stops, starts again, and commits', async () => {
    await using container = await serving().start();
    await container.restart();
    assert.equal((await fetch(urlOf(container))).status, 200);
    await container.exec(['sh', '-c', 'echo kept >/mark']);
    const image = await container.commit({ repo: 'testcontainers', tag: 'kept' });
    assert.match(image, /^sha256:/);
    await using second = await new GenericContainer('testcontainers:kept')
      .withCommand(['sleep', '1000'])
      .start();
    assert.equal((await second.exec(['cat', '/mark'])).output, 'kept\n');
  });
});
