// Who may talk to whom: internal networks, members kept apart, NAT or none, where ports are bound.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import {
  cannotFetchIn,
  fetchFrom,
  fetchIn,
  inspect,
  removeContainers,
  serveOn,
  staying,
  webServer,
} from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker, host } = engine;
afterEach(async () => {
  await removeContainers(engine);
  await docker('network', 'prune', '-f');
});

const addressOn = (id: string, network: string): Promise<string> =>
  inspect(engine, id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);

describe('policy', () => {
  test('--internal has no way out and none in, but members reach each other', async () => {
    await docker('network', 'create', '--internal', 'shut');
    const a = await docker('run', '-d', '--network', 'shut', 'busybox', ...webServer());
    const b = await docker('run', '-d', '--network', 'shut', 'busybox', ...staying);
    assert.match(await fetchIn(engine, b, await addressOn(a, 'shut')), /./);
    if (!engine.isOracle) assert.doesNotMatch(await docker('exec', b, 'ip', 'route'), /default/);
    const { code } = await engine.attempt(['exec', b, 'ping', '-c', '1', '-W', '1', '198.51.100.1']);
    assert.notEqual(code, 0);
  });

  test('enable_icc=false keeps members apart, and lets published ports through', async () => {
    await docker('network', 'create', '-o', 'com.docker.network.bridge.enable_icc=false', 'apart');
    const a = await docker('run', '-d', '--network', 'apart', '-p', '8080:80', 'busybox', ...webServer());
    const b = await docker('run', '-d', '--network', 'apart', 'busybox', ...staying);
    assert.match(await fetchFrom(engine.outside, '198.51.100.2:8080'), / 198\.51\.100\.1$/);
    assert.ok(await cannotFetchIn(engine, b, await addressOn(a, 'apart')));
    assert.match(
      await docker('exec', b, 'ping', '-c', '1', '-W', '10', '198.51.100.1'),
      /1 packets received/,
    );
  });

  test('enable_ip_masquerade=false keeps the address of the container', async () => {
    const option = 'com.docker.network.bridge.enable_ip_masquerade=false';
    await docker('network', 'create', '--subnet', '203.0.113.64/26', '-o', option, 'plain');
    await engine.outside.run(['ip', 'route', 'add', '203.0.113.64/26', 'via', '198.51.100.2']);
    const id = await docker('run', '-d', '--network', 'plain', '--ip', '203.0.113.70', 'busybox', ...staying);
    const server = serveOn(engine, engine.outside, 7070);
    assert.match(await fetchIn(engine, id, '198.51.100.1:7070'), / 203\.0\.113\.70$/);
    server.kill('SIGKILL');
    await engine.outside.run(['ip', 'route', 'del', '203.0.113.64/26']);
  });

  test('host_binding_ipv4 is where ports go by default', async () => {
    await docker('network', 'create', '-o', 'com.docker.network.bridge.host_binding_ipv4=127.0.0.1', 'local');
    const id = await docker('run', '-d', '--network', 'local', '-p', '8080:80', 'busybox', ...webServer());
    assert.equal(await docker('port', id), '80/tcp -> 127.0.0.1:8080');
    assert.match(await fetchFrom(host, '127.0.0.1:8080'), /./);
  });

  test(
    'gateway_mode_ipv4=routed lets the outside in by routing, to published ports only',
    pontoonOnly('later than 20.10'),
    async () => {
      await docker(
        'network',
        'create',
        '--subnet',
        '203.0.113.128/26',
        '-o',
        'com.docker.network.bridge.gateway_mode_ipv4=routed',
        'routed',
      );
      await engine.outside.run(['ip', 'route', 'add', '203.0.113.128/26', 'via', '198.51.100.2']);
      const script = webServer(80).at(-1)?.replace('exec', 'httpd -p 81 -h /www; exec') ?? '';
      await docker(
        'run',
        '-d',
        '--network',
        'routed',
        '--ip',
        '203.0.113.130',
        '-p',
        '80',
        'busybox',
        'sh',
        '-c',
        script,
      );
      assert.match(await fetchFrom(engine.outside, '203.0.113.130:80'), / 198\.51\.100\.1$/);
      const { stdout } = await engine.outside.attempt([
        'timeout',
        '2',
        'busybox',
        'nc',
        '203.0.113.130',
        '81',
      ]);
      assert.equal(stdout, '');
      await engine.outside.run(['ip', 'route', 'del', '203.0.113.128/26']);
    },
  );
});
