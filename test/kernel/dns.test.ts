import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { changeLink, openRoute } from '@pontoon/netlink';
import { Resolvers, type View } from '@pontoon/network';
import { bindPort, inNamespace } from '@pontoon/sys';
import { openPlace } from './netlink-place.ts';

const run = promisify(execFile);
const names = new Map([
  ['larch', ['172.18.0.2', '2001:db8::2']],
  ['wood', ['172.18.0.3', '172.18.0.4', '172.18.0.5']],
  ['forest', Array.from({ length: 200 }, (_, index) => `172.18.1.${index}`)],
]);

function view(changes: Partial<View> = {}): View {
  return {
    addressesOf: (name) => names.get(name),
    nameOf: (address) => (address === '172.18.0.2' || address === '2001:db8::2' ? 'larch.grove' : undefined),
    version: () => 0,
    servers: () => [],
    forwards: () => true,
    inside: false,
    ...changes,
  };
}

/** A namespace with loopback, a name server in it, and a way to ask there: a Node process, as a container has libc. */
function openAsked(changes: Partial<View> = {}) {
  const place = openPlace();
  const route = openRoute(place.host);
  changeLink(route, 1, { up: true });
  route.close();
  const problems: string[] = [];
  const resolvers = new Resolvers({
    log: (_, text, fields) => problems.push(`${text} ${JSON.stringify(fields)}`),
  });
  resolvers.open(place.host, view(changes));
  assert.deepEqual(problems, []);
  const ask = async (method: string, name: string, server = '127.0.0.11') => {
    const script = `const r = new (require('node:dns').promises.Resolver)({ timeout: 6000, tries: 1 });
      r.setServers(['${server}']);
      r['${method}']('${name}').then(v => console.log(JSON.stringify(v)), e => console.log(JSON.stringify(e.code)));`;
    const { stdout } = await run('nsenter', [`--net=${place.host}`, process.execPath, '-e', script], {
      timeout: 15_000,
    });
    return JSON.parse(stdout) as unknown;
  };
  return {
    ...{ place, resolvers, ask },
    [Symbol.dispose]() {
      resolvers.closeAll();
      place[Symbol.dispose]();
    },
  };
}

test('a name is answered with its addresses, by family, whatever its case', async () => {
  using asked = openAsked();
  assert.deepEqual(await asked.ask('resolve4', 'larch'), ['172.18.0.2']);
  assert.deepEqual(await asked.ask('resolve4', 'LARCH'), ['172.18.0.2']);
  assert.deepEqual(await asked.ask('resolve6', 'larch'), ['2001:db8::2']);
  assert.equal(await asked.ask('resolve6', 'wood'), 'ENODATA');
});

test('an address is answered with the name, in both families', async () => {
  using asked = openAsked();
  assert.deepEqual(await asked.ask('reverse', '172.18.0.2'), ['larch.grove']);
  assert.deepEqual(await asked.ask('reverse', '2001:db8::2'), ['larch.grove']);
});

test('_8080._tcp.NAME is a service on that port of the name', async () => {
  using asked = openAsked();
  assert.deepEqual(await asked.ask('resolveSrv', '_8080._tcp.larch'), [
    { name: 'larch', port: 8080, priority: 0, type: 'SRV', weight: 0 },
  ]);
});

test('a name that several share answers with all of them, each first in its turn', async () => {
  using asked = openAsked();
  const answers = [];
  for (let turn = 0; turn < 3; turn++) answers.push((await asked.ask('resolve4', 'wood')) as string[]);
  assert.deepEqual(
    answers.map((answer) => answer.toSorted().join()),
    Array(3).fill(names.get('wood')?.join()),
  );
  assert.equal(new Set(answers.map(([first]) => first)).size, 3);
});

test('an answer too large for a datagram is fetched whole by TCP', async () => {
  using asked = openAsked();
  assert.equal(((await asked.ask('resolve4', 'forest')) as string[]).length, 200);
});

test('unknown names do not exist where nothing is passed on, and fail where no server answers', async () => {
  using shut = openAsked({ forwards: () => false });
  assert.equal(await shut.ask('resolve4', 'oak'), 'ENOTFOUND');
  using alone = openAsked();
  assert.equal(await alone.ask('resolve4', 'oak'), 'ESERVFAIL');
});

test('other questions go to the servers, the next one where one is silent, from inside the namespace', async () => {
  using asked = openAsked({ servers: () => ['127.0.0.12', '127.0.0.13'], inside: true });
  const silent = inNamespace(asked.place.host, () =>
    bindPort({ protocol: 'udp', address: '127.0.0.12', port: 53 }),
  );
  const bound = inNamespace(asked.place.host, () =>
    bindPort({ protocol: 'udp', address: '127.0.0.13', port: 53 }),
  );
  const server = createSocket('udp4', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 77]);
    server.send(Buffer.concat([header, query.subarray(12, end), record]), from.port, from.address);
  });
  server.bind({ fd: bound.descriptor });
  assert.deepEqual(await asked.ask('resolve4', 'www.example.org'), ['203.0.113.77']);
  server.close();
  silent.close();
});

test('a name server of the container itself on every address, port 53, is not in the way', async () => {
  using asked = openAsked();
  const own = inNamespace(asked.place.host, () =>
    bindPort({ protocol: 'udp', address: '0.0.0.0', port: 53 }),
  );
  const stream = inNamespace(asked.place.host, () =>
    bindPort({ protocol: 'tcp', address: '0.0.0.0', port: 53 }),
  );
  assert.deepEqual(await asked.ask('resolve4', 'larch'), ['172.18.0.2']);
  own.close();
  stream.close();
});

test('a resolver that is opened again answers again, and connection tracking stays out of it', async () => {
  using asked = openAsked();
  asked.resolvers.open(asked.place.host, view({ addressesOf: () => ['172.18.0.9'] }));
  assert.deepEqual(await asked.ask('resolve4', 'larch'), ['172.18.0.9']);
  const table = asked.place.run(['nft', 'list', 'ruleset']);
  assert.equal(table.match(/dport set/g)?.length, 2);
  assert.equal(table.match(/sport set/g)?.length, 2);
  assert.doesNotMatch(table, /nat/);
});

test('what is no question is not answered and does no harm', async () => {
  using asked = openAsked();
  const from = inNamespace(asked.place.host, () =>
    bindPort({ protocol: 'udp', address: '127.0.0.1', port: 0 }),
  );
  const socket = createSocket('udp4');
  socket.bind({ fd: from.descriptor });
  for (const junk of ['', 'x', '\xff'.repeat(600), '\0'.repeat(12)]) socket.send(junk, 53, '127.0.0.11');
  assert.deepEqual(await asked.ask('resolve4', 'larch'), ['172.18.0.2']);
  socket.close();
});
