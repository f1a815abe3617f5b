// What the commands of a Dockerfile run in, and how a build ends before its end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { Builds, classic, withoutBuildah } from '../builds.ts';
import { command } from '../command.ts';
import { isOracle, openEngine } from '../engine.ts';
import { removeContainers } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
await docker('run', '--rm', 'busybox', 'true');
const builds = new Builds(engine);

describe('a command of a build', await withoutBuildah(), () => {
  test('commands run in a network of the engine, as a container of it would', async () => {
    await docker('network', 'create', 'grove');
    await docker('run', '-d', '--name', 'oak', '--network', 'grove', 'busybox', 'sleep', '1000');
    const asked = builds.context(['FROM busybox', 'RUN ping -c 1 -W 10 oak; cat /etc/hosts']);
    const told = await builds.build('--no-cache', '--network', 'grove', '--add-host', 'elm:192.0.2.7', asked);
    assert.match(told, /1 packets received/);
    assert.match(told, /^192\.0\.2\.7\s+elm$/m);
    const links = builds.context(['FROM busybox', 'RUN ls /sys/class/net; ip -o addr']);
    const bridged = await builds.build('--no-cache', links);
    assert.match(bridged, /eth0\s+inet 172\./);
    assert.doesNotMatch(bridged, /198\.51\.100\./);
    assert.doesNotMatch(await builds.build('--no-cache', '--network', 'none', links), /eth0/);
    assert.match(await builds.build('--no-cache', '--network', 'host', links), /198\.51\.100\.2/);
    await removeContainers(engine);
    await docker('network', 'rm', 'grove');
  });

  test('commands see no devices of the host, and cannot make any', async () => {
    const looking = builds.context([
      'FROM busybox',
      'RUN ls /dev; mknod /disk b 8 0 || echo cannot; echo x >/dev/null',
    ]);
    const listed = (await builds.build('--no-cache', looking)).split('\n');
    const devices =
      'console core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ');
    const from = listed.findIndex((line) => line.includes(' : RUN ')) + 1;
    for (const name of listed.slice(from).filter((line) => /^[a-z0-9]+$/.test(line) && line !== 'cannot')) {
      assert.ok(devices.includes(name), name);
    }
    if (!isOracle) assert.ok(listed.includes('cannot'));
  });

  test('a build whose client has gone ends, and leaves nothing', async () => {
    const context = builds.context(['FROM busybox', 'RUN echo begun; sleep 4321']);
    const { argv, environment: own } = engine.client('docker');
    const [program = '', ...rest] = [...argv, 'build', context];
    const client = spawn(program, rest, { env: { ...process.env, ...own, ...classic } });
    let told = '';
    client.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    await until('the command runs', () => /^begun$/m.test(told));
    assert.equal((await command(['pgrep', '-fx', 'sleep 4321'])).code, 0);
    client.kill('SIGKILL');
    await until('the command ended', async () => (await command(['pgrep', '-fx', 'sleep 4321'])).code === 1);
    if (isOracle) return;
    const work = join(engine.dataRoot, 'build/work');
    await until(
      'nothing is left',
      async () => readdirSync(work).length === 0 && !(await docker('ps', '-aq')),
    );
    assert.match(await builds.build(builds.context(['FROM busybox', 'RUN echo again'])), /^again$/m);
  });

  test('a command that fails ends the build with its code', async () => {
    const { code, stdout, stderr } = await builds.attempt(
      builds.context(['FROM busybox', 'RUN echo before; exit 7']),
    );
    assert.equal(code, 7);
    assert.match(stdout, /^before$/m);
    assert.match(stderr, /The command '\/bin\/sh -c echo before; exit 7' returned a non-zero code: 7/);
    assert.equal(await docker('ps', '-q'), '');
  });
});
