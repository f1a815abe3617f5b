// What the daemon is told at its start, and networks made from a configuration.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isOracle, openEngine, pontoonOnly } from '../engine.ts';
import { fetchFrom, inspect, staying, webServer } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker, attempt, lab } = engine;

describe('configuration-only networks', () => {
  test('a network takes subnet, options and labels from its configuration', async () => {
    const options = [
      '--subnet',
      '10.44.0.0/24',
      '-o',
      'com.docker.network.driver.mtu=1400',
      '--label',
      'a=b',
    ];
    await docker('network', 'create', '--config-only', ...options, 'shape');
    await docker('network', 'create', '--config-from', 'shape', 'made');
    const [made] = JSON.parse(await docker('network', 'inspect', 'made'));
    assert.equal(made.IPAM.Config[0].Subnet, '10.44.0.0/24');
    assert.equal(made.Options['com.docker.network.driver.mtu'], '1400');
    assert.deepEqual(
      [made.Labels, made.ConfigFrom, made.ConfigOnly],
      [{ a: 'b' }, { Network: 'shape' }, false],
    );
    assert.equal(
      await docker('network', 'inspect', '-f', '{{.ConfigOnly}} {{.Driver}}', 'shape'),
      'true null',
    );
    const id = await docker('run', '-d', '--network', 'made', 'busybox', ...staying);
    assert.match(await docker('exec', id, 'ip', 'link', 'show', 'eth0'), /mtu 1400/);
    await docker('rm', '-f', id);
  });

  test('a configuration is no network, and stays while it is used', async () => {
    const run = await attempt(['run', '--rm', '--network', 'shape', 'busybox', 'true']);
    assert.notEqual(run.code, 0);
    const removal = await attempt(['network', 'rm', 'shape']);
    assert.match(removal.stderr, /configuration network "shape" is in use/);
    await docker('network', 'rm', 'made');
    await docker('network', 'rm', 'shape');
  });

  test('what belongs to the configuration cannot be said twice', async () => {
    const twice = await attempt([
      'network',
      'create',
      '--config-from',
      'none-such',
      '--subnet',
      '10.45.0.0/24',
      'x',
    ]);
    assert.match(twice.stderr, /user specified configurations are not supported if the network depends/);
    const absent = await attempt(['network', 'create', '--config-from', 'none-such', 'x']);
    assert.match(absent.stderr, /configuration network "none-such" does not exist/);
    const inner = await attempt(['network', 'create', '--config-only', '--internal', 'x']);
    assert.match(inner.stderr, /configuration network can only contain network specific fields/);
  });
});

test('daemon.json is read as dockerd reads its own', pontoonOnly('it reads another file here'), async () => {
  await engine.stop();
  const path = join(lab.directory, 'daemon.json');
  const settings = {
    ...{ bip: '10.99.0.1/24', icc: false, ip: '127.0.0.1', 'live-restore': true, labels: ['rack=7'] },
    ...{ 'log-driver': 'local', 'log-opts': { 'max-size': '5m' }, 'dns-search': ['corp.example'] },
    'dns-opts': ['ndots:2'],
  };
  writeFileSync(path, JSON.stringify(settings));
  await engine.start({ flags: ['--config-file', path] });
  const id = await docker('run', '-d', '-p', '8080:80', 'busybox', ...webServer());
  const other = await docker('run', '-d', 'busybox', ...staying);
  assert.match(await inspect(engine, id, '{{.NetworkSettings.IPAddress}}'), /^10\.99\.0\.\d+$/);
  assert.equal(await inspect(engine, id, '{{.NetworkSettings.Gateway}}'), '10.99.0.1');
  const log = await inspect(engine, id, '{{json .HostConfig.LogConfig}}');
  assert.deepEqual(JSON.parse(log), { Type: 'local', Config: { 'max-size': '5m' } });
  assert.match(
    await docker('exec', other, 'cat', '/etc/resolv.conf'),
    /search corp\.example\noptions ndots:2/,
  );
  const [port] = JSON.parse(await inspect(engine, id, '{{json (index .NetworkSettings.Ports "80/tcp")}}'));
  assert.equal(port.HostIp, '127.0.0.1');
  assert.match(await fetchFrom(engine.host, '127.0.0.1:8080'), /./);
  const address = await inspect(engine, id, '{{.NetworkSettings.IPAddress}}');
  assert.notEqual((await attempt(['exec', other, 'wget', '-T', '2', '-O', '-', address])).code, 0);
  assert.equal(await docker('info', '-f', '{{.LoggingDriver}} {{.Labels}}'), 'local [rack=7]');
  await docker('rm', '-f', id, other);
});

test(
  'a setting that dockerd does not know ends the daemon with its name',
  pontoonOnly('it reads another file here'),
  async () => {
    await engine.stop();
    const path = join(lab.directory, 'wrong.json');
    writeFileSync(path, JSON.stringify({ 'no-such-setting': 1 }));
    await assert.rejects(
      engine.start({ flags: ['--config-file', path] }),
      /the following directives don't match any configuration option: no-such-setting/,
    );
    await engine.start();
    assert.match(
      await docker('network', 'inspect', '-f', '{{(index .IPAM.Config 0).Gateway}}', 'bridge'),
      /\./,
    );
  },
);

const hasOpenssl = existsSync('/usr/bin/openssl');

/** An authority, and a certificate of its own for the daemon and for a client. */
async function makeCertificates(address: string): Promise<string> {
  const folder = join(lab.directory, 'tls');
  const extensions = `subjectAltName=IP:${address}`;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const script = [
    `mkdir -p ${folder} && cd ${folder}`,
    `openssl req -x509 ${key.join(' ')} -subj /CN=authority -keyout ca.key -out ca.pem`,
    ...['server', 'client'].flatMap((name) => [
      `openssl req ${key.slice(0, 5).join(' ')} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`,
      `echo ${extensions} >${name}.ext`,
      `openssl x509 -req -days 2 -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ${name}.ext -out ${name}.pem`,
    ]),
  ];
  await engine.host.run(['sh', '-c', script.join(' && ')]);
  return folder;
}

describe('TCP', () => {
  const address = '198.51.100.2';

  test('without client certificates is refused', pontoonOnly('it warns, and listens'), async () => {
    await engine.stop();
    const flags = ['--host', `tcp://${address}:2375`];
    await assert.rejects(
      engine.start({ flags }),
      /whoever reaches the API is root, so TCP needs client certificates/,
    );
    await engine.start();
  });

  test('answers who shows a certificate, and nobody else', {
    skip: (isOracle || !hasOpenssl) && 'needs openssl, and Pontoon',
  }, async () => {
    const folder = await makeCertificates(address);
    await engine.stop();
    const own = [
      '--tlscacert',
      `${folder}/ca.pem`,
      '--tlscert',
      `${folder}/server.pem`,
      '--tlskey',
      `${folder}/server.key`,
    ];
    await engine.start({ flags: ['--host', `tcp://${address}:2376`, '--tlsverify', ...own] });
    const ask = async (certificate: string): Promise<string> => {
      const script = `
        const read = (name) => require('node:fs').readFileSync('${folder}/' + name);
        const options = { host: '${address}', port: 2376, path: '/_ping', ca: read('ca.pem'), ${certificate} };
        const call = require('node:https').get(options, (answer) => answer.pipe(process.stdout));
        call.on('error', () => console.log('refused'));`;
      const { stdout } = await engine.outside.attempt([process.execPath, '-e', script]);
      return stdout.trim();
    };
    assert.equal(await ask("cert: read('client.pem'), key: read('client.key')"), 'OK');
    assert.equal(await ask(''), 'refused');
  });
});
