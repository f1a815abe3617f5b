// Published ports of datagrams: UDP in all the ways that users count on, and SCTP as far as the kernel goes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { addressOf, askByUdp, inspect, networkOf, removeContainers, staying, udpServer } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine({ lab: { neighbour: true } });
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker, host, outside, lab } = engine;

const stays = (...flags: string[]): Promise<string> => docker('run', '-d', ...flags, 'busybox', ...staying);

async function server(publish: string, ...ports: number[]): Promise<string> {
  const id = await stays('-p', publish);
  for (const port of ports) await udpServer(engine, id, port);
  return id;
}

test('datagrams from outside come with their sender’s address, and the answer from the one that was asked', async () => {
  await server('5353:53/udp', 53);
  assert.equal(await askByUdp(outside, '198.51.100.2', 5353), 'ping from 198.51.100.1');
  assert.ok(lab.neighbour);
  assert.equal(await askByUdp(lab.neighbour, '198.51.100.2', 5353), 'ping from 198.51.100.3');
});

const proxied = pontoonOnly('its UDP proxy answers from another address than the one that was asked');

test('the host reaches a UDP port by localhost and by each of its addresses', proxied, async () => {
  await server('5353:53/udp', 53);
  for (const address of ['127.0.0.1', '127.1.2.3', '198.51.100.2', '172.17.0.1'])
    assert.match(await askByUdp(host, address, 5353), /^ping from /, address);
});

test(
  'a neighbour and the container itself reach a UDP port by the address of the host',
  proxied,
  async () => {
    const id = await server('5353:53/udp', 53);
    for (const asker of [await stays(), id]) {
      const inside = await networkOf(engine, asker);
      for (const address of ['198.51.100.2', '172.17.0.1'])
        assert.match(await askByUdp(inside, address, 5353), /^ping from /);
    }
  },
);

test('a range of UDP ports maps port by port', async () => {
  const id = await server('6000-6002:5000-5002/udp', 5000, 5002);
  assert.equal(await askByUdp(outside, '198.51.100.2', 6000), 'ping from 198.51.100.1');
  assert.equal(await askByUdp(outside, '198.51.100.2', 6002), 'ping from 198.51.100.1');
  assert.match(await docker('port', id, '5001/udp'), /^0\.0\.0\.0:6001$/m);
});

test('a UDP port without a number of the host gets a free one', async () => {
  const id = await server('53/udp', 53);
  const [, port] = /^0\.0\.0\.0:(\d+)$/m.exec(await docker('port', id, '53/udp')) ?? [];
  assert.equal(await askByUdp(outside, '198.51.100.2', Number(port)), 'ping from 198.51.100.1');
});

test('what is published by UDP on 127.0.0.1 is for the host alone', async () => {
  await server('127.0.0.1:5353:53/udp', 53);
  assert.match(await askByUdp(host, '127.0.0.1', 5353), /^ping from /);
  const ask = 'exec 3<>/dev/udp/198.51.100.2/5353; echo ping >&3; timeout 1 head -n 1 <&3';
  assert.equal((await outside.attempt(['bash', '-c', ask])).stdout, '');
});

test('a UDP port that another container or a process has is refused', async () => {
  await stays('-p', '5353:53/udp');
  const second = await engine.attempt(['run', '--rm', '-p', '5353:53/udp', 'busybox', 'true']);
  assert.equal(second.code, 125);
  assert.match(second.stderr, /Bind for 0\.0\.0\.0:5353 failed: port is already allocated/);
  await stays('-p', '5353:53/tcp');
  const script = "require('node:dgram').createSocket('udp4').bind(5454, () => console.log('bound'))";
  const other = host.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  assert.ok(other.stdout);
  await once(other.stdout, 'data');
  const third = await engine.attempt(['run', '--rm', '-p', '5454:53/udp', 'busybox', 'true']);
  assert.equal(third.code, 125);
  assert.match(third.stderr, /address already in use/);
  other.kill('SIGKILL');
});

test('a client that goes on sending reaches the container that comes in the place of one that went', async () => {
  const first = await server('5353:53/udp', 53);
  const script = `const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (text) => console.log(String(text).trim())).on('error', () => {});
    setInterval(() => socket.send('ping', 5353, '198.51.100.2'), 50);`;
  const client = outside.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = 0;
  client.stdout?.on('data', (bytes: Buffer) => (heard += bytes.length));
  await until('it hears the first', () => heard > 0);
  const address = await addressOf(engine, first);
  await docker('rm', '-f', first);
  const then = heard;
  // Not of the first's address, as it would be by chance where that is handed out again at once.
  await stays();
  const second = await server('5353:53/udp', 53);
  assert.notEqual(await addressOf(engine, second), address);
  await until('it hears the second', () => heard > then);
  client.kill('SIGKILL');
});

test('SCTP is published beside TCP and UDP on the same number', pontoonOnly('asks the kernel'), async () => {
  const id = await stays('-p', '8080:80/sctp', '-p', '8080:80/tcp', '-p', '8080:80/udp');
  assert.deepEqual((await docker('port', id)).split('\n').toSorted(), [
    ...['80/sctp', '80/tcp', '80/udp'].map((port) => `${port} -> 0.0.0.0:8080`),
  ]);
  assert.match(await docker('ps', '--format', '{{.Ports}}'), /0\.0\.0\.0:8080->80\/sctp/);
  const { code, stderr } = await engine.attempt(['run', '--rm', '-p', '8080:80/sctp', 'busybox', 'true']);
  assert.equal(code, 125);
  assert.match(stderr, /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/);
});

test('an SCTP association begins with the client’s address', pontoonOnly('asks the kernel'), async (t) => {
  const id = await stays('-p', '8080:80/sctp');
  const pid = await inspect(engine, id, '{{.State.Pid}}');
  // Raw sockets by perl, which each Debian has: neither this kernel nor Node needs SCTP for it.
  const hear = `use Socket; $| = 1; socket(S, AF_INET, SOCK_RAW, 132) or die; print "ready\\n";
    while (1) { recv(S, $p, 2000, 0); my $at = (ord($p) & 15) * 4;
      print inet_ntoa(substr($p, 12, 4)), ' ', unpack('n', substr($p, $at + 2)), "\\n" }`;
  if ((await host.attempt(['perl', '-e', 'use Socket'])).status !== 0) return t.skip('no perl here');
  const listener = host.spawn(['nsenter', `--net=/proc/${pid}/ns/net`, 'perl', '-e', hear], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  listener.stdout?.on('data', (bytes: Buffer) => (heard += bytes));
  await until('it listens', () => heard.includes('ready'));
  // An INIT chunk (RFC 9260, section 3.3.2) under its CRC-32C (appendix A).
  const send = `use Socket; socket(S, AF_INET, SOCK_RAW, 132) or die;
    my $chunk = pack('CCnNNnnN', 1, 0, 20, 1, 65536, 1, 1, 1);
    my $packet = pack('nnN', 4000, 8080, 0) . pack('V', 0) . $chunk; my $crc = 0xffffffff;
    for my $byte (unpack('C*', $packet)) { $crc ^= $byte;
      for (1 .. 8) { $crc = $crc & 1 ? ($crc >> 1) ^ 0x82f63b78 : $crc >> 1 } }
    substr($packet, 8, 4) = pack('V', $crc ^ 0xffffffff);
    send(S, $packet, 0, sockaddr_in(0, inet_aton('198.51.100.2'))) or die`;
  await until('the container hears it', async () => {
    await outside.run(['perl', '-e', send]);
    return heard.includes('198.51.100.1 80\n');
  });
  listener.kill('SIGKILL');
});
