// Published ports, in each form that Docker knows.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import {
  addressOf,
  askByUdp,
  cannotFetch,
  fetchFrom,
  fetchIn,
  removeContainers,
  staying,
  udpServer,
  webServer,
} from '../parts.ts';
import { leavesNothing } from '../traces.ts';
import { until } from '../until.ts';

const engine = await openEngine({ lab: { neighbour: true } });
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker, host, outside } = engine;

async function web(...flags: string[]): Promise<string> {
  return docker('run', '-d', '--hostname', 'web', ...flags, 'busybox', ...webServer());
}

const portOf = async (id: string, port: string): Promise<string> => {
  const line = (await docker('port', id, port)).split('\n').find((address) => !address.startsWith('['));
  return line?.split(':')[1] ?? '';
};

describe('HOST:CONTAINER', async () => {
  test('is reached from outside, from the host by each of its addresses, and by localhost', async () => {
    await web('-p', '8080:80');
    assert.equal(await fetchFrom(outside, '198.51.100.2:8080'), 'web 198.51.100.1');
    for (const address of ['127.0.0.1', 'localhost', '198.51.100.2', '172.17.0.1', '127.1.2.3']) {
      assert.match(await fetchFrom(host, `${address}:8080`), /^web /, address);
    }
  });

  test('is reached by a neighbour on the bridge and by the container itself through the address of the host', async () => {
    const id = await web('-p', '8080:80');
    const other = await docker('run', '-d', 'busybox', ...staying);
    assert.match(await fetchIn(engine, other, '198.51.100.2:8080'), /^web /);
    assert.match(await fetchIn(engine, other, '172.17.0.1:8080'), /^web /);
    assert.match(await fetchIn(engine, id, '198.51.100.2:8080'), /^web /);
  });

  test('is shown by port, ps and inspect', async () => {
    const id = await web('-p', '8080:80', '-p', '8443:443/tcp', '-p', '5353:53/udp', '--expose', '99');
    const ports = (await docker('port', id)).split('\n').filter((line) => line.includes('0.0.0.0'));
    assert.deepEqual(ports.toSorted(), [
      '443/tcp -> 0.0.0.0:8443',
      '53/udp -> 0.0.0.0:5353',
      '80/tcp -> 0.0.0.0:8080',
    ]);
    const shown = await docker('ps', '--format', '{{.Ports}}', '--filter', `id=${id}`);
    for (const part of ['0.0.0.0:8080->80/tcp', '0.0.0.0:8443->443/tcp', '0.0.0.0:5353->53/udp', '99/tcp']) {
      assert.ok(shown.includes(part), `${part} in ${shown}`);
    }
  });
});

test('CONTAINER alone gets a free port of the ephemeral range', async () => {
  const id = await web('-p', '80');
  const port = await portOf(id, '80/tcp');
  assert.ok(Number(port) >= 32768 && Number(port) <= 60999, port);
  assert.match(await fetchFrom(outside, `198.51.100.2:${port}`), /^web /);
});

test('ADDRESS:HOST:CONTAINER is reached by that address only', async () => {
  await web('-p', '198.51.100.2:8080:80');
  assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^web /);
  assert.ok(await cannotFetch(host, '127.0.0.1:8080'));
});

test('ADDRESS::CONTAINER gets a free port at that address', async () => {
  const id = await web('-p', '127.0.0.1::80');
  const line = await docker('port', id, '80/tcp');
  assert.match(line, /^127\.0\.0\.1:\d+$/);
  assert.match(await fetchFrom(host, line), /^web /);
});

test('what is published on 127.0.0.1 is not reached from outside, whatever route the outside has', async () => {
  await web('-p', '127.0.0.1:8080:80');
  assert.match(await fetchFrom(host, '127.0.0.1:8080'), /^web /);
  assert.ok(await cannotFetch(outside, '198.51.100.2:8080'));
});

test('a packet for 127.0.0.1 that comes by wire is dropped', pontoonOnly('20.10 lets it in'), async () => {
  await web('-p', '127.0.0.1:8080:80');
  assert.match(await fetchFrom(host, '127.0.0.1:8080'), /^web /);
  await outside.run(['ip', 'link', 'set', 'lo', 'down']);
  await outside.run(['sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1']);
  await outside.run(['ip', 'route', 'add', '127.0.0.1/32', 'via', '198.51.100.2']);
  assert.ok(await cannotFetch(outside, '127.0.0.1:8080'));
  await outside.run(['ip', 'route', 'del', '127.0.0.1/32', 'via', '198.51.100.2']);
  await outside.run(['ip', 'link', 'set', 'lo', 'up']);
});

test('a range maps port by port', async () => {
  const servers = webServer(82).at(-1)?.replace('exec', 'httpd -p 81 -h /www; exec') ?? '';
  const id = await docker('run', '-d', '-p', '9000-9002:80-82', 'busybox', 'sh', '-c', servers);
  assert.equal(await portOf(id, '80/tcp'), '9000');
  assert.equal(await portOf(id, '82/tcp'), '9002');
  for (const port of [9001, 9002])
    assert.match(await fetchFrom(outside, `198.51.100.2:${port}`), / 198\.51\.100\.1$/);
});

test('a range of the host for one port gives the first that is free', async () => {
  const first = await web('-p', '9100-9105:80');
  const second = await web('-p', '9100-9105:80');
  const ports = [await portOf(first, '80/tcp'), await portOf(second, '80/tcp')].toSorted();
  assert.equal(new Set(ports).size, 2);
  for (const port of ports) assert.ok(Number(port) >= 9100 && Number(port) <= 9105);
});

test('each form of -p means what it means in Docker', async () => {
  const forms: [string, RegExp][] = [
    ['80', /^80\/tcp -> 0\.0\.0\.0:\d+$/],
    ['8081:81', /^81\/tcp -> 0\.0\.0\.0:8081$/],
    ['127.0.0.1:8082:82', /^82\/tcp -> 127\.0\.0\.1:8082$/],
    ['127.0.0.1::83', /^83\/tcp -> 127\.0\.0\.1:\d+$/],
    ['0.0.0.0:8084:84/tcp', /^84\/tcp -> 0\.0\.0\.0:8084$/],
    ['127.0.0.2:8085:85/udp', /^85\/udp -> 127\.0\.0\.2:8085$/],
    ['86-87', /^8[67]\/tcp -> 0\.0\.0\.0:\d+$/],
    ['8088-8089:88-89', /^8([89])\/tcp -> 0\.0\.0\.0:808\1$/],
    ['127.0.0.1:8090-8091:90-91/udp', /^9([01])\/udp -> 127\.0\.0\.1:809\1$/],
    ['8092-8099:92', /^92\/tcp -> 0\.0\.0\.0:8092$/],
    ['198.51.100.2::93-94', /^9[34]\/tcp -> 198\.51\.100\.2:\d+$/],
    ['published=8095,target=95,protocol=udp', /^95\/udp -> 0\.0\.0\.0:8095$/],
  ];
  const id = await docker('run', '-d', ...forms.flatMap(([form]) => ['-p', form]), 'busybox', ...staying);
  const lines = (await docker('port', id)).split('\n').filter((line) => !line.includes('['));
  for (const [form, shown] of forms) {
    const expected = /\d+-\d+(\/|$)/.test(form) ? 2 : 1;
    assert.equal(lines.filter((line) => shown.test(line)).length, expected, `${form} in ${lines.join(', ')}`);
  }
  assert.equal(lines.length, 16);
});

test('udp is published beside tcp on the same port', async () => {
  const id = await web('-p', '8080:80/tcp', '-p', '8080:80/udp');
  await udpServer(engine, id, 80);
  assert.equal(await askByUdp(outside, '198.51.100.2', 8080), 'ping from 198.51.100.1');
  assert.match(await askByUdp(host, '127.0.0.1', 8080), /^ping from /);
  assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^web /);
});

test('-P publishes what the image and --expose name', async () => {
  const id = await web('-P', '--expose', '80', '--expose', '91-92/udp');
  const lines = (await docker('port', id)).split('\n').filter((line) => line.includes('0.0.0.0'));
  assert.equal(lines.length, 3);
  assert.match(await fetchFrom(outside, `198.51.100.2:${await portOf(id, '80/tcp')}`), /^web /);
});

test('ports that are not published are not reached from outside by routing', async () => {
  const id = await web();
  const address = await addressOf(engine, id);
  assert.match(await fetchFrom(host, address), /^web /);
  await outside.run(['ip', 'route', 'add', '172.17.0.0/16', 'via', '198.51.100.2']);
  assert.ok(await cannotFetch(outside, address));
  await outside.run(['ip', 'route', 'del', '172.17.0.0/16']);
});

test('a port that another container has is refused, and nothing is left', async () => {
  await web('-p', '8080:80');
  await leavesNothing(engine, async () => {
    const { code, stderr } = await engine.attempt([
      'run',
      '--name',
      'late',
      '-p',
      '8080:80',
      'busybox',
      'true',
    ]);
    assert.equal(code, 125);
    assert.match(stderr, /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/);
    // As in Docker the container stays, created.
    await docker('rm', '-f', 'late');
  });
  assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^web /);
});

test('a port that a process of the host has is refused', async () => {
  const server = host.spawn(['busybox', 'httpd', '-f', '-p', '8090']);
  await until('the server listens', async () => (await host.run(['ss', '-Hltn', 'sport = :8090'])) !== '');
  const { code, stderr } = await engine.attempt(['run', '--rm', '-p', '8090:80', 'busybox', 'true']);
  assert.equal(code, 125);
  assert.match(stderr, /address already in use/);
  server.kill('SIGKILL');
});

test('a published port is taken for the processes of the host', async () => {
  const id = await web('-p', '8080:80');
  const { status, stderr } = await host.attempt(['busybox', 'httpd', '-f', '-p', '8080']);
  assert.notEqual(status, 0);
  assert.match(stderr, /Address already in use/);
  await docker('rm', '-f', id);
  const id2 = await web('-p', '8080:80');
  await docker('stop', '-t', '0', id2);
  const server = host.spawn(['busybox', 'httpd', '-f', '-p', '8080']);
  await until(
    'the port is free after a stop',
    async () => (await host.run(['ss', '-Hltn', 'sport = :8080'])) !== '',
  );
  server.kill('SIGKILL');
});

test('a container is reached by its ports again after a restart', async () => {
  const id = await web('-p', '8080:80', '-p', '80');
  const random = await portOf(id, '80/tcp');
  await docker('restart', '-t', '0', id);
  assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^web /);
  assert.ok(random);
});

test('no process stands between the client and the container', pontoonOnly('docker-proxy'), async () => {
  await web('-p', '8080:80', '-p', '9000-9019:9000-9019');
  const inside = await host.run([
    'sh',
    '-c',
    'for p in /proc/[0-9]*; do [ $(readlink $p/ns/net) = $(readlink /proc/self/ns/net) ] && tr "\\0" " " <$p/cmdline && echo; done; true',
  ]);
  const programs = inside.split('\n').filter((line) => /proxy|9019/.test(line));
  assert.deepEqual(programs, []);
});

test('a range of a thousand ports is one container start', pontoonOnly('takes minutes'), async () => {
  await docker('run', '-d', '-p', '20000-20999:20000-20999', 'busybox', ...webServer(20999));
  assert.match(await fetchFrom(outside, '198.51.100.2:20999'), / 198\.51\.100\.1$/);
  assert.match(await fetchFrom(host, '127.0.0.1:20999'), /./);
});
