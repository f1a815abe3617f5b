// Networks with IPv6, beside IPv4 and alone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import {
  askByUdp,
  cannotFetch,
  fetchFrom,
  fetchIn,
  inspect,
  removeContainers,
  staying,
  udpServer,
  webServer,
} from '../parts.ts';
import { leavesNothing } from '../traces.ts';
import { until } from '../until.ts';

const engine = await openEngine({ lab: { ipv6: true } });
after(() => engine.close());
const { docker, outside, host } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});
const later = pontoonOnly('20.10 has IPv6 by experiment only');
const address6 = (id: string, network: string): Promise<string> =>
  inspect(engine, id, `{{(index .NetworkSettings.Networks "${network}").GlobalIPv6Address}}`);

test('--ipv6 with a subnet gives both families, and a gateway for each', async () => {
  await docker('network', 'create', '--ipv6', '--subnet', '10.9.0.0/24', '--subnet', 'fd00:9::/64', 'dual');
  const id = await docker('run', '-d', '--network', 'dual', 'busybox', ...staying);
  assert.match(await address6(id, 'dual'), /^fd00:9::2$/);
  const links = await docker('exec', id, 'ip', '-o', 'address', 'show', 'eth0');
  assert.match(links, /inet 10\.9\.0\.2\/24/);
  assert.match(links, /inet6 fd00:9::2\/64/);
  assert.match(await docker('exec', id, 'ip', '-6', 'route'), /^default via fd00:9::1 dev eth0/m);
});

test('--ipv6 alone gets a subnet of its own from the ULA pool', later, async () => {
  await docker('network', 'create', '--ipv6', 'own');
  const id = await docker('run', '-d', '--network', 'own', 'busybox', ...staying);
  assert.match(await address6(id, 'own'), /^fd[0-9a-f]{2}:/);
});

test('members reach each other and the outside by IPv6', later, async () => {
  await docker('network', 'create', '--ipv6', 'dual');
  const a = await docker('run', '-d', '--network', 'dual', 'busybox', ...webServer());
  const b = await docker('run', '-d', '--network', 'dual', 'busybox', ...staying);
  assert.match(await fetchIn(engine, b, `[${await address6(a, 'dual')}]:80`), / \[?fd/);
  assert.match(
    await docker('exec', b, 'ping', '-6', '-c', '1', '-W', '10', '2001:db8::1'),
    /1 packets received/,
  );
});

test('a published port is reached by IPv6 from outside and from the host', later, async () => {
  await docker('network', 'create', '--ipv6', 'dual');
  const id = await docker(
    'run',
    '-d',
    '--hostname',
    'web',
    '--network',
    'dual',
    '-p',
    '8080:80',
    'busybox',
    ...webServer(),
  );
  assert.match(await fetchFrom(outside, '[2001:db8::2]:8080'), /^web \[?2001:db8::1/);
  assert.match(await fetchFrom(host, '[2001:db8::2]:8080'), /^web /);
  assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^web 198\.51\.100\.1$/);
  assert.match(await docker('port', id), /80\/tcp -> \[::\]:8080/);
});

test('-p [ADDRESS]:HOST:CONTAINER is reached by that address', later, async () => {
  await docker('network', 'create', '--ipv6', 'dual');
  await docker(
    'run',
    '-d',
    '--hostname',
    'web',
    '--network',
    'dual',
    '-p',
    '[2001:db8::2]:8080:80',
    'busybox',
    ...webServer(),
  );
  assert.match(await fetchFrom(outside, '[2001:db8::2]:8080'), /^web /);
});

describe('[::1] of the host', later, () => {
  const web = async (...flags: string[]): Promise<string> => {
    await docker('network', 'create', '--ipv6', 'dual');
    return docker('run', '-d', '--hostname', 'web', '--network', 'dual', ...flags, 'busybox', ...webServer());
  };

  test('a published port is reached by it', async () => {
    await web('-p', '8080:80');
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    assert.match(await fetchFrom(host, '127.0.0.1:8080'), /^web /);
  });

  test('-p [::1]:HOST:CONTAINER is reached by it alone', async () => {
    const id = await web('-p', '[::1]:8080:80');
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    assert.ok(await cannotFetch(outside, '[2001:db8::2]:8080'));
    assert.ok(await cannotFetch(host, '[2001:db8::2]:8080'));
    assert.equal(await docker('port', id), '80/tcp -> [::1]:8080');
  });

  test('a network without IPv6 is reached by it where the port is published there', async () => {
    await docker('run', '-d', '--hostname', 'web', '-p', '[::1]:8080:80', 'busybox', ...webServer());
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
  });

  test('a port that is handed over leads to the other by it too', async () => {
    await web('--name', 'ash', '-p', '8080:80');
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    const other = ['--name', 'birch', '--hostname', 'birch', '--network', 'dual', 'busybox'];
    await docker('run', '-d', ...other, ...webServer());
    await engine.pontoon('port', 'add', '--from', 'ash', 'birch', '8080:80');
    await docker('rm', '-f', 'ash');
    assert.match(await fetchFrom(host, '[::1]:8080'), /^birch /);
    await engine.pontoon('port', 'rm', 'birch', '8080:80');
    assert.ok(await cannotFetch(host, '[::1]:8080'));
  });

  test('an allow-list lets the host itself in, and not those outside', async () => {
    await docker('network', 'create', '--ipv6', 'dual');
    const flags = ['-p', '8080:80,allow=2001:db8::77', '--network', 'dual', '--hostname', 'web'];
    await engine.pontoon('run', '-d', ...flags, 'busybox', ...webServer());
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    assert.ok(await cannotFetch(outside, '[2001:db8::2]:8080'));
  });

  test('datagrams go there and back', async () => {
    const id = await web('-p', '5000:5000/udp');
    await udpServer(engine, id, 5000, 'udp6');
    assert.match(await askByUdp(host, '::1', 5000), /^ping from /);
    assert.equal(await askByUdp(outside, '2001:db8::2', 5000), 'ping from 2001:db8::1');
  });

  test('it is there again after the daemon was killed, and the port is free after the container', async () => {
    const id = await web('-p', '8080:80');
    await engine.kill();
    await engine.start();
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    await docker('rm', '-f', id);
    const again = await docker('run', '-d', '-p', '[::1]:8080:80', 'busybox', ...webServer());
    assert.match(await fetchFrom(host, '[::1]:8080'), /./);
    await docker('rm', '-f', again);
    assert.equal(await host.run(['ss', '-Hltn', 'sport = :8080']), '');
  });

  test('each direction ends by itself, and nothing is lost', async () => {
    await docker('network', 'create', '--ipv6', 'dual');
    // The answer begins when the question has ended: a connection cut as a whole would have none.
    const count = ['nc', '-ll', '-p', '80', '-e', 'wc', '-c'];
    await docker('run', '-d', '--network', 'dual', '-p', '8080:80', 'busybox', ...count);
    const script = `const net = require('node:net');
      const socket = net.connect({ host: '::1', port: 8080, allowHalfOpen: true });
      let text = '';
      socket.on('data', (bytes) => (text += bytes)).on('end', () => console.log(text.trim()));
      socket.end(Buffer.alloc(3_000_000));`;
    await until('the count', async () => (await host.run([process.execPath, '-e', script])) === '3000000\n');
  });

  test('hundreds of connections come and go, and the daemon has no descriptor more', async () => {
    await web('-p', '8080:80');
    assert.match(await fetchFrom(host, '[::1]:8080'), /^web /);
    const descriptors = () => readdirSync(`/proc/${engine.pid}/fd`).length;
    const before = descriptors();
    const script = `const net = require('node:net');
      let open = 0, done = 0;
      const next = () => {
        if (open === 300) return;
        open++;
        const socket = net.connect(8080, '::1', () => socket.write('GET /cgi-bin/who HTTP/1.0\\r\\n\\r\\n'));
        socket.on('data', (text) => /^web /m.test(text) && done++).on('error', () => {});
        socket.on('close', () => (open === 300 && done >= 300 ? console.log(done) : next()));
      };
      for (let i = 0; i < 20; i++) next();
      process.on('exit', () => console.log(done));`;
    assert.match(await host.run([process.execPath, '-e', script]), /^300$/m);
    await until('the descriptors are back', () => descriptors() <= before + 2);
  });

  test('a reader that does not read costs the daemon little', async () => {
    await docker('network', 'create', '--ipv6', 'dual');
    const flood = ['nc', '-ll', '-p', '80', '-e', 'cat', '/dev/zero'];
    await docker('run', '-d', '--network', 'dual', '-p', '8080:80', 'busybox', ...flood);
    const script = `const socket = require('node:net').connect(8080, '::1');
      socket.on('error', () => process.exit(1)).once('data', () => { socket.pause(); console.log('first'); });
      setInterval(() => {}, 1000);`;
    const resident_kB = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine.pid}/status`, 'utf8'))?.[1]);
    const before = resident_kB();
    const readers = Array.from({ length: 5 }, () => reader(script));
    await Promise.all(readers.map(({ began }) => began));
    // What is not read fills the sockets' buffers, and then nothing moves: the daemon's own reads say so.
    await until('nothing moves any more', async () => {
      const read = () => Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${engine.pid}/io`, 'utf8'))?.[1]);
      const then = read();
      await docker('version');
      await docker('version');
      return read() - then < 1_000_000;
    });
    assert.ok(resident_kB() < before + 60_000, `${before} kB, then ${resident_kB()} kB`);
    for (const { child } of readers) child.kill('SIGKILL');
  });

  function reader(script: string) {
    const child = host.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    return { child, began: once(child.stdout!, 'data') };
  }
});

test('--ipv4=false is IPv6 alone', later, async () => {
  await docker('network', 'create', '--ipv6', '--ipv4=false', 'six');
  const id = await docker('run', '-d', '--network', 'six', 'busybox', ...staying);
  const links = await docker('exec', id, 'ip', '-o', 'address', 'show', 'eth0');
  assert.doesNotMatch(links, /inet /);
  assert.match(links, /inet6 fd/);
});

test('--ip6 is the address', later, async () => {
  await docker('network', 'create', '--ipv6', '--subnet', 'fd00:9::/64', 'dual');
  const id = await docker('run', '-d', '--network', 'dual', '--ip6', 'fd00:9::77', 'busybox', ...staying);
  assert.equal(await address6(id, 'dual'), 'fd00:9::77');
});

test('a network without --ipv6 has none inside', async () => {
  await docker('network', 'create', 'four');
  assert.equal(
    await docker('run', '--rm', '--network', 'four', 'busybox', 'ip', '-6', '-o', 'address', 'show', 'eth0'),
    '',
  );
});

test('an IPv6 network goes and leaves nothing', async () => {
  await leavesNothing(engine, async () => {
    await docker('network', 'create', '--ipv6', '--subnet', 'fd00:9::/64', 'gone');
    await docker('run', '--rm', '--network', 'gone', 'busybox', 'true');
    await docker('network', 'rm', 'gone');
  });
});
