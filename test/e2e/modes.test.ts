// Each row of the four modes, for the stock docker client and for Pontoon's own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clientNames, openEngine } from '../engine.ts';
import { addressOf, fetchFrom, fetchIn, inspect, staying, webServer } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());

for (const name of clientNames) {
  describe(`the four modes by ${name}`, () => {
    const run = name === 'docker' ? engine.docker : engine.pontoon;

    before(async () => {
      await run('run', '-d', '--name', `web-${name}`, 'busybox', ...webServer());
    });

    test('bridge is what a container gets without a flag: eth0 in the bridge subnet, and lo', async () => {
      const text = await run('run', '--rm', 'busybox', 'ifconfig');
      assert.match(
        text,
        /^eth0 [\s\S]*inet addr:172\.17\.0\.\d+ {2}Bcast:172\.17\.255\.255 {2}Mask:255\.255\.0\.0/,
      );
      assert.match(text, /^lo [\s\S]*inet addr:127\.0\.0\.1 /m);
      assert.deepEqual(text.match(/^\w+/gm), ['eth0', 'lo']);
    });

    test('--network=bridge and --net=bridge say the same', async () => {
      for (const flag of ['--network=bridge', '--net=bridge', '--network=default']) {
        assert.match(await run('run', '--rm', flag, 'busybox', 'ifconfig', 'eth0'), /inet addr:172\.17\./);
      }
    });

    test('the default gateway of a bridge container is the bridge', async () => {
      const routes = await run('run', '--rm', 'busybox', 'ip', 'route');
      const bridge = await engine.host.run(['ip', '-4', '-o', 'address', 'show', engine.bridge]);
      const address = /inet (\S+)\//.exec(bridge)?.[1];
      assert.ok(address);
      assert.match(routes, new RegExp(`^default via ${address} dev eth0`));
    });

    test('the address in a bridge container is another than the host has', async () => {
      const inside = await run('run', '--rm', 'busybox', 'ifconfig', 'eth0');
      const host = await engine.host.run(['busybox', 'ifconfig']);
      const address = /inet addr:(\S+)/.exec(inside)?.[1];
      assert.ok(address && !host.includes(`inet addr:${address} `));
    });

    test('a bridge container reaches its neighbour, the host and the outside', async () => {
      const neighbour = await addressOf(engine, `web-${name}`);
      await fetchIn(engine, `web-${name}`, 'localhost');
      const script = `for a in ${neighbour} 172.17.0.1 198.51.100.1; do ping -c 1 -W 10 $a; done`;
      const text = await run('run', '--rm', 'busybox', 'sh', '-c', script);
      assert.match(text, /(1 packets received[\s\S]*){3}/);
    });

    test('the outside sees a bridge container by the address of the host', async () => {
      const capture = engine.outside.spawn(
        ['busybox', 'nc', '-l', '-p', '7000', '-e', 'sh', '-c', 'ss -Htn sport = :7000'],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      after(() => capture.kill('SIGKILL'));
      const ask = 'for i in $(seq 100); do nc -w 10 198.51.100.1 7000 </dev/null && break; sleep 0.1; done';
      const peers = await run('run', '--rm', 'busybox', 'sh', '-c', ask);
      assert.match(peers, /198\.51\.100\.1\]?:7000\s+(\[::ffff:)?198\.51\.100\.2\]?:/);
    });

    test('a published port lets the outside in, with its own address kept', async () => {
      await run(
        'run',
        '-d',
        '--name',
        `published-${name}`,
        '--hostname',
        'inside',
        '-p',
        '8080:80',
        'busybox',
        ...webServer(),
      );
      assert.equal(await fetchFrom(engine.outside, '198.51.100.2:8080'), 'inside 198.51.100.1');
      await run('rm', '-f', `published-${name}`);
    });

    test('host mode prints the interfaces of the host, to the letter', async () => {
      const strip = (text: string): string => text.replaceAll(/^ +[RT]X .*$/gm, '');
      const inside = strip(await run('run', '--rm', '--network=host', 'busybox', 'ifconfig', '-a'));
      const host = strip(await engine.host.run(['busybox', 'ifconfig', '-a'])).replace(/\n$/, '');
      assert.equal(inside, host);
    });

    test('a service in host mode listens on the port of the host, with nothing mapped', async () => {
      await run('run', '-d', '--name', `host-${name}`, '--network=host', 'busybox', ...webServer(8081));
      const answer = await fetchFrom(engine.outside, '198.51.100.2:8081');
      assert.match(answer, / 198\.51\.100\.1$/);
      await run('rm', '-f', `host-${name}`);
    });

    test('host mode keeps the host name, and names the host network', async () => {
      const inside = await run('run', '--rm', '--network=host', 'busybox', 'hostname');
      assert.equal(inside, await engine.host.run(['hostname']).then((text) => text.trim()));
    });

    test('-p in host mode is answered with a warning', async () => {
      const argv = ['run', '--rm', '--network=host', '-p', '8082:80', 'busybox', 'true'];
      const result = await (name === 'docker' ? engine.attempt(argv) : engine.attemptPontoon(argv));
      assert.equal(result.code, 0);
      assert.match(result.stderr, /WARNING: Published ports are discarded when using host network mode/);
    });

    test('container mode has the same interfaces and addresses as the container it joins', async () => {
      const id = await inspect(engine, `web-${name}`, '{{.Id}}');
      const ifconfig = (text: string): string => text.replaceAll(/^ +[RT]X .*$/gm, '');
      const owner = ifconfig(await run('exec', `web-${name}`, 'ifconfig'));
      for (const target of [id, id.slice(0, 12), `web-${name}`]) {
        const joined = ifconfig(
          await run('run', '--rm', `--network=container:${target}`, 'busybox', 'ifconfig'),
        );
        assert.equal(joined, owner, target);
      }
    });

    test('in container mode the two talk over localhost', async () => {
      const id = await run('run', '-d', `--net=container:web-${name}`, 'busybox', ...staying);
      assert.match(await fetchIn(engine, id, 'localhost'), / 127\.0\.0\.1$/);
      await run('rm', '-f', id);
    });

    test('in container mode a port taken by one is taken for both', async () => {
      const argv = ['run', '--rm', `--network=container:web-${name}`, 'busybox', 'httpd', '-f', '-p', '80'];
      const result = await (name === 'docker' ? engine.attempt(argv) : engine.attemptPontoon(argv));
      assert.notEqual(result.code, 0);
      assert.match(result.stderr, /Address (already )?in use/);
    });

    test('container mode shares the host name and the hosts file of its owner', async () => {
      const mine = await run('exec', `web-${name}`, 'cat', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf');
      const theirs = await run(
        ...[
          'run',
          '--rm',
          `--network=container:web-${name}`,
          'busybox',
          'cat',
          '/etc/hostname',
          '/etc/hosts',
          '/etc/resolv.conf',
        ],
      );
      assert.equal(theirs, mine);
    });

    test('none has lo with 127.0.0.1 and nothing else', async () => {
      const text = await run('run', '--rm', '--network=none', 'busybox', 'ifconfig', '-a');
      assert.deepEqual(text.match(/^\w+/gm), ['lo']);
      assert.match(text, /inet addr:127\.0\.0\.1 /);
      assert.equal(await run('run', '--rm', '--network=none', 'busybox', 'ip', 'route'), '');
    });

    test('inspect names the mode of each container', async () => {
      const id = await inspect(engine, `web-${name}`, '{{.Id}}');
      for (const [flag, wanted] of [
        ['bridge', 'bridge'],
        ['host', 'host'],
        ['none', 'none'],
        [`container:web-${name}`, `container:${id}`],
      ]) {
        const made = await run('create', `--network=${flag}`, 'busybox', ...staying);
        assert.equal(await inspect(engine, made, '{{.HostConfig.NetworkMode}}'), wanted);
        await run('rm', made);
      }
    });
  });
}
