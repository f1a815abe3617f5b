// The resolver of user networks: names, aliases, addresses back to names, and what it passes on.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { isOracle, openEngine, pontoonOnly } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine({ flags: isOracle ? [] : ['--dns-listen', '127.0.0.54:53'] });
after(() => engine.close());
const { docker } = engine;
await docker('network', 'create', 'grove');
await docker('network', 'create', 'other');
const asker = await docker('run', '-d', '--name', 'asker', '--network', 'grove', 'busybox', ...staying);
afterEach(() => removeContainers(engine, ['asker']));

const tree = (...flags: string[]): Promise<string> =>
  docker('run', '-d', '--network', 'grove', ...flags, 'busybox', ...staying);
const addressOn = (id: string, network = 'grove'): Promise<string> =>
  inspect(engine, id, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);

/** The addresses of a name as nslookup prints them; none where it is unknown. */
async function lookup(name: string, from = asker): Promise<string[]> {
  const { stdout } = await engine.attempt(['exec', from, 'nslookup', name]);
  const answer = stdout
    .split(/^Name:/m)
    .slice(1)
    .join('');
  return [...answer.matchAll(/^Address(?: \d+)?: +(\S+)/gm)].map((match) => match[1] ?? '').sort();
}

test('resolv.conf names 127.0.0.11, and no server of the host', async () => {
  const text = await docker('exec', asker, 'cat', '/etc/resolv.conf');
  assert.deepEqual(text.match(/^nameserver .*$/gm), ['nameserver 127.0.0.11']);
  assert.match(text, /^options .*ndots:0/m);
});

test('a container is found by name, short id, alias, hostname-independent', async () => {
  const id = await tree('--name', 'larch', '--network-alias', 'conifer');
  const address = await addressOn(id);
  for (const name of ['larch', id.slice(0, 12), 'conifer', 'larch.grove', 'LARCH'])
    assert.deepEqual(await lookup(name), [address], name);
});

test('ping goes by name', async () => {
  await tree('--name', 'larch');
  assert.match(await docker('exec', asker, 'ping', '-c', '1', '-W', '10', 'larch'), /1 packets received/);
});

test('an alias that several share answers with all', async () => {
  const ids = [
    await tree('--network-alias', 'wood'),
    await tree('--network-alias', 'wood'),
    await tree('--network-alias', 'wood'),
  ];
  const addresses = await Promise.all(ids.map((id) => addressOn(id)));
  assert.deepEqual(await lookup('wood'), addresses.toSorted());
});

test('an address is answered with the name and the network', async () => {
  const id = await tree('--name', 'larch');
  const { stdout } = await engine.attempt(['exec', asker, 'nslookup', await addressOn(id)]);
  assert.match(stdout, /name = larch\.grove/);
});

test('the answer changes the moment a container comes or goes', async () => {
  assert.deepEqual(await lookup('larch'), []);
  const id = await tree('--name', 'larch');
  assert.deepEqual(await lookup('larch'), [await addressOn(id)]);
  await docker('rename', 'larch', 'alder');
  assert.equal((await lookup('alder')).length, 1);
  await docker('rm', '-f', id);
  assert.deepEqual(await lookup('alder'), []);
});

test('those of another network are not known, until the network is shared', async () => {
  const id = await docker('run', '-d', '--name', 'stranger', '--network', 'other', 'busybox', ...staying);
  assert.deepEqual(await lookup('stranger'), []);
  await docker('network', 'connect', '--alias', 'guest', 'grove', id);
  const address = await addressOn(id);
  assert.deepEqual(await lookup('stranger'), [address]);
  assert.deepEqual(await lookup('guest'), [address]);
  await docker('network', 'disconnect', 'grove', id);
  assert.deepEqual(await lookup('stranger'), []);
});

test('--link gives a second name to another of the network', async () => {
  const id = await tree('--name', 'larch');
  const linked = await tree('--link', 'larch:tall');
  assert.deepEqual(await lookup('tall', linked), [await addressOn(id)]);
  assert.deepEqual(await lookup('tall'), []);
});

test('--link on the default bridge writes the name into the hosts file', async () => {
  const id = await docker('run', '-d', '--name', 'larch', 'busybox', ...staying);
  const address = await inspect(engine, id, '{{.NetworkSettings.IPAddress}}');
  const text = await docker('run', '--rm', '--link', 'larch:tall', 'busybox', 'cat', '/etc/hosts');
  assert.match(text, new RegExp(`^${address}\\ttall .*larch`, 'm'));
});

test('what it does not know is asked of --dns servers', async () => {
  // A name server by hand: it answers each question for A with 203.0.113.77 (RFC 1035, sections 4.1.1 to 4.1.3).
  const script = `require('node:dgram').createSocket('udp4').on('message', function (query, from) {
    const end = query.indexOf(0, 12) + 5;
    const isA = query.readUInt16BE(end - 4) === 1;
    const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 77]);
    this.send(Buffer.concat([header, query.subarray(12, end), ...(isA ? [answer] : [])]), from.port, from.address);
  }).bind(53, '198.51.100.1')`;
  const server = engine.outside.spawn([process.execPath, '-e', script]);
  const id = await tree('--dns', '198.51.100.1');
  await until('the answer from outside', async () =>
    (await lookup('www.example.org', id)).includes('203.0.113.77'),
  );
  server.kill('SIGKILL');
});

test('an internal network passes nothing on', pontoonOnly('20.10 does'), async () => {
  await docker('network', 'create', '--internal', 'shut');
  const id = await docker(
    'run',
    '-d',
    '--name',
    'inner',
    '--network',
    'shut',
    '--dns',
    '198.51.100.1',
    'busybox',
    ...staying,
  );
  assert.deepEqual(await lookup('inner', id), [await addressOn(id, 'shut')]);
  assert.deepEqual(await lookup('www.example.org', id), []);
  await removeContainers(engine, ['asker']);
  await docker('network', 'rm', 'shut');
});

test('a container may run a name server of its own on port 53', async () => {
  const id = await tree();
  const answer = await docker(
    'exec',
    id,
    'sh',
    '-c',
    'nc -ll -p 53 -e echo mine & sleep 0.5; nc 127.0.0.1 53 </dev/null',
  );
  assert.equal(answer, 'mine');
  assert.equal((await lookup('asker', id)).length, 1);
});

test('the resolver is there again after the daemon was killed', async () => {
  const id = await tree('--name', 'larch');
  await engine.kill();
  await engine.start();
  assert.deepEqual(
    await until('an answer', async () => {
      const found = await lookup('larch');
      return found.length > 0 && found;
    }),
    [await addressOn(id)],
  );
});

test('the default bridge knows no names', async () => {
  await docker('run', '-d', '--name', 'larch', 'busybox', ...staying);
  const id = await docker('run', '-d', '--dns', '198.51.100.1', 'busybox', ...staying);
  assert.doesNotMatch(await docker('exec', id, 'cat', '/etc/resolv.conf'), /127\.0\.0\.11/);
});

describe('the host asks', pontoonOnly('has no such listener'), () => {
  /** By libc's rules, as any program of the host: a name to addresses, an address to names; else the error's code. */
  async function ask(method: 'resolve4' | 'reverse' | 'resolveSrv', name: string): Promise<unknown> {
    const script = `const resolver = new (require('node:dns').promises.Resolver)({ timeout: 5000, tries: 3 });
      resolver.setServers(['127.0.0.54']);
      resolver.${method}('${name}').then((found) => found, (error) => error.code)
        .then((found) => console.log(JSON.stringify(found)));`;
    return JSON.parse(await engine.host.run([process.execPath, '-e', script]));
  }

  test('for NAME.pontoon and NAME.NETWORK.pontoon, on the default bridge too', async () => {
    const id = await tree('--name', 'larch', '--network-alias', 'conifer');
    const address = await addressOn(id);
    for (const name of ['larch.pontoon', 'larch.grove.pontoon', 'conifer.pontoon', 'LARCH.Pontoon'])
      assert.deepEqual(await ask('resolve4', name), [address], name);
    assert.deepEqual(await ask('reverse', address), ['larch.grove.pontoon']);
    const plain = await docker('run', '-d', '--name', 'plain', 'busybox', ...staying);
    assert.deepEqual(await ask('resolve4', 'plain.bridge.pontoon'), [
      await inspect(engine, plain, '{{.NetworkSettings.IPAddress}}'),
    ]);
    await docker('rm', '-f', 'larch');
    assert.equal(await ask('resolve4', 'larch.pontoon'), 'ENOTFOUND');
  });

  test('and is sent elsewhere with names of others', async () => {
    assert.equal(await ask('resolve4', 'www.example.org'), 'EREFUSED');
  });

  test('and again after the daemon was killed', async () => {
    const id = await tree('--name', 'larch');
    await engine.kill();
    await engine.start();
    assert.deepEqual(await ask('resolve4', 'larch.pontoon'), [await addressOn(id)]);
  });

  test('dns query tells the same, and for a container what that one may know', async () => {
    const id = await tree('--name', 'larch');
    const address = await addressOn(id);
    for (const name of ['larch', 'larch.grove', 'larch.pontoon'])
      assert.ok((await engine.pontoon('dns', 'query', name)).includes(address), name);
    assert.match(await engine.pontoon('dns', 'query', '-t', 'PTR', address), /PTR +larch\.grove\.pontoon/);
    assert.match(await engine.pontoon('dns', 'query', '-t', 'SRV', '_80._tcp.larch'), /SRV +0 0 80 larch\./);
    await docker('run', '-d', '--name', 'stranger', '--network', 'other', 'busybox', ...staying);
    const { code } = await engine.attemptPontoon(['dns', 'query', '--container', 'stranger', 'larch']);
    assert.equal(code, 1);
    assert.equal((await engine.attemptPontoon(['dns', 'query', 'nobody'])).code, 1);
  });
});

test(
  'where nothing can listen the daemon says so and ends',
  pontoonOnly('has no such listener'),
  async () => {
    await engine.stop();
    const other = engine.host.spawn([
      ...[process.execPath, '-e', "require('node:dgram').createSocket('udp4').bind(53, '127.0.0.54')"],
    ]);
    await until('it listens', async () => (await engine.host.run(['ss', '-Hlun', 'sport = :53'])) !== '');
    await assert.rejects(
      engine.start(),
      /answer names on 127\.0\.0\.54:53 \(--dns-listen\): .*address already in use/,
    );
    other.kill('SIGKILL');
    await until('it is free', async () => (await engine.host.run(['ss', '-Hlun', 'sport = :53'])) === '');
    await engine.start();
    assert.equal((await lookup('asker')).length, 1);
  },
);
