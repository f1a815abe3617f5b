// Networks with IPv6, beside IPv4 and alone.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { fetchFrom, fetchIn, inspect, removeContainers, staying, webServer } from '../parts.ts';
import { leavesNothing } from '../traces.ts';

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
