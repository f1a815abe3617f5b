// The Engine API's description, held against every kind of answer: test/contract/facts.jsonl is made from it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { routes } from '@pontoon/api';
import { readFacts } from '../contract/facts.ts';
import { isOracle, openEngine } from '../engine.ts';
import { staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine({ contract: true });
after(() => engine.close());
const { docker, api } = engine;
const skip = isOracle && 'dockerd: the description is of API 1.50';

/** Containers in every state, on every kind of network, with everything that an inspection shows. */
async function furnish(): Promise<Record<string, string>> {
  await docker('network', 'create', '--label', 'a=b', '--subnet', '10.77.0.0/24', 'four');
  await docker(
    'network',
    'create',
    '--ipv6',
    '--subnet',
    'fd00:77::/64',
    '-o',
    'com.docker.network.bridge.enable_icc=false',
    'six',
  );
  await docker('volume', 'create', '--label', 'a=b', 'vol');
  const full = await docker(
    ...[
      'run',
      '-d',
      '--name',
      'full',
      '-p',
      '8080:80',
      '-p',
      '127.0.0.1::53/udp',
      '--expose',
      '99',
      '-v',
      'vol:/vol',
    ],
    ...['-v', '/tmp:/host:ro', '--tmpfs', '/scratch', '--mount', 'type=volume,dst=/anonymous', '-e', 'A=1'],
    ...[
      '-l',
      'a=b',
      '--network',
      'four',
      '--ip',
      '10.77.0.9',
      '--network-alias',
      'other',
      '-m',
      '64m',
      '--cpus',
      '.5',
    ],
    ...[
      '--ulimit',
      'nofile=512',
      '--cap-add',
      'NET_ADMIN',
      '--add-host',
      'h:192.0.2.1',
      '--dns',
      '192.0.2.53',
    ],
    ...[
      '--health-cmd',
      'true',
      '--health-interval',
      '100ms',
      '--restart',
      'unless-stopped',
      '--init',
      '--device',
      '/dev/null:/dev/zz',
    ],
    ...['--sysctl', 'net.ipv4.ip_forward=0', '--log-opt', 'max-size=1m', 'busybox', ...staying],
  );
  await docker('network', 'connect', '--alias', 'again', 'six', full);
  const plain = await docker('run', '-d', '--name', 'plain', 'busybox', ...staying);
  await docker('run', '-d', '--name', 'held', '--network', 'host', 'busybox', ...staying);
  await docker('pause', 'held');
  await docker(
    'run',
    '--name',
    'ended',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'echo word; exit 3',
  ).catch(() => '');
  await docker('run', '-d', '--name', 'guest', '--network', 'container:plain', '-t', 'busybox', ...staying);
  await docker('create', '--name', 'new', '--network', 'six', 'busybox');
  await until(
    'health',
    async () => (await docker('inspect', '-f', '{{.State.Health.Status}}', full)) === 'healthy',
  );
  return { full, plain };
}

const { full = '' } = await furnish();
const containers = ['full', 'plain', 'held', 'ended', 'guest', 'new'];

async function get(path: string, status = 200): Promise<void> {
  const answer = await api('GET', `/v1.50${path}`);
  assert.equal(answer.status, status, `${path}: ${answer.text}`);
}

test('what every GET operation answers is as the description says', { skip }, async () => {
  const exec = await api('POST', `/v1.50/containers/${full}/exec`, {
    body: { Cmd: ['true'], AttachStdout: true },
  });
  for (const path of ['/info', '/version', '/_ping', '/system/df', '/containers/json?all=1&size=1'])
    await get(path);
  for (const type of ['container', 'image', 'volume', 'build-cache']) await get(`/system/df?type=${type}`);
  for (const path of [
    '/images/json?all=1&digests=1&shared-size=1',
    '/images/busybox/json',
    '/images/busybox/history',
  ])
    await get(path);
  for (const path of ['/networks', '/volumes', '/volumes/vol', '/plugins', `/exec/${exec.json.Id}/json`])
    await get(path);
  for (const network of ['bridge', 'host', 'none', 'four', 'six'])
    await get(`/networks/${network}?verbose=1`);
  for (const name of containers) {
    await get(`/containers/${name}/json?size=1`);
    await get(`/containers/${name}/changes`);
    await get(`/containers/${name}/stats?stream=0&one-shot=1`);
  }
  for (const name of ['full', 'plain', 'held', 'guest']) await get(`/containers/${name}/top`);
  const now_s = Math.floor(Date.now() / 1000);
  await get(`/events?since=1&until=${now_s}`);
});

test('so is what changes something', { skip }, async () => {
  const post = async (path: string, body?: unknown): Promise<void> => {
    const { status, text } = await api('POST', `/v1.50${path}`, body === undefined ? {} : { body });
    assert.ok(status < 300, `${path}: ${text}`);
  };
  await post('/containers/create?name=made', { Image: 'busybox', Cmd: ['true'] });
  await post('/containers/made/start');
  await post('/containers/made/wait');
  await post('/containers/full/update', { Memory: 128 * 1024 * 1024, MemorySwap: 256 * 1024 * 1024 });
  await post('/containers/made/rename?name=renamed');
  await post('/commit?container=renamed&repo=kept', {});
  await post('/images/busybox/tag?repo=second');
  await post('/volumes/create', { Name: 'v2' });
  await post('/networks/create', { Name: 'n2' });
  await post('/networks/n2/connect', { Container: 'new' });
  await post('/networks/n2/disconnect', { Container: 'new' });
  await post('/containers/held/unpause');
  for (const kind of ['containers', 'networks', 'volumes', 'images']) await post(`/${kind}/prune`);
  const removed = await api('DELETE', '/v1.50/images/second');
  assert.equal(removed.status, 200);
});

test('and what is refused, whatever the operation', { skip }, async () => {
  for (const { method, path, own } of routes as readonly { method: string; path: string; own?: true }[]) {
    if (own || path === '/events' || method === 'HEAD') continue;
    // A registry that refuses at once: no name is looked up.
    const name = /^\/(images|distribution)/.test(path) ? '127.0.0.1:1/no-such-thing' : 'no-such-thing';
    const url = `/v1.50${path.replaceAll(/\{\w+\}/g, name)}`;
    const answer = await api(
      method,
      url,
      method === 'GET' || method === 'DELETE' ? {} : { raw: { content: '[]' } },
    );
    const { status, json } = answer;
    if (status >= 400) assert.equal(typeof json?.message, 'string', `${method} ${url}: ${answer.text}`);
  }
});

test('the relay has seen it all', { skip }, () => {
  const { compared = new Map<string, number>(), deviations = new Set<string>() } = engine.contract ?? {};
  assert.deepEqual([...deviations], []);
  const asked = readFacts().operations.filter(({ operation }) => compared.has(operation)).length;
  assert.ok(asked > 90, `${asked} operations`);
});
