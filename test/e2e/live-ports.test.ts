// Ports of running containers: added, taken back, moved and handed over without a restart.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { listFlows, openNetfilter } from '@pontoon/netlink';
import { inNamespace } from '@pontoon/sys';
import { isOracle, openEngine } from '../engine.ts';
import { askByUdp, cannotFetch, fetchFrom, removeContainers, udpServer, webServer } from '../parts.ts';
import { leavesNothing } from '../traces.ts';
import { until } from '../until.ts';

/** Web servers on each port of a range. */
function servers(first: number, last: number): string[] {
  const more = Array.from({ length: last - first }, (_, by) => `httpd -p ${first + by} -h /www; `).join('');
  return ['sh', '-c', webServer(last).at(-1)?.replace('exec', `${more}exec`) ?? ''];
}
const nftRanges = ['nft', 'list', 'map', 'inet', 'pontoon', 'published4_range'];

describe('ports of a running container', { skip: isOracle && 'dockerd cannot' }, async () => {
  if (isOracle) return;
  const engine = await openEngine({ lab: { neighbour: true } });
  const { docker, pontoon, outside, host, lab } = engine;
  after(() => engine.close());
  afterEach(async () => {
    await removeContainers(engine);
    await docker('network', 'prune', '-f');
  });
  const web = (name: string, ...flags: string[]): Promise<string> =>
    docker('run', '-d', '--name', name, '--hostname', name, ...flags, 'busybox', ...webServer());

  test('port add publishes at once, port rm takes it back, and nothing is left', async () => {
    await web('ash');
    await leavesNothing(engine, async () => {
      await pontoon('port', 'add', 'ash', '8080:80');
      assert.equal(await fetchFrom(outside, '198.51.100.2:8080'), 'ash 198.51.100.1');
      assert.match(await docker('port', 'ash'), /^80\/tcp -> 0\.0\.0\.0:8080$/m);
      await pontoon('port', 'rm', 'ash', '8080:80');
      assert.ok(await cannotFetch(outside, '198.51.100.2:8080'));
      assert.equal(await docker('port', 'ash'), '');
    });
  });

  test('connections on the other ports go on', async () => {
    await docker(
      'run',
      '-d',
      '--name',
      'ash',
      '-p',
      '8080:80',
      'busybox',
      'sh',
      '-c',
      "nc -ll -p 80 -e sh -c 'while :; do echo x; sleep 0.05; done'",
    );
    const client = outside.spawn(['sh', '-c', 'until busybox nc 198.51.100.2 8080; do sleep 0.1; done'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let heard = 0;
    client.stdout?.on('data', (bytes: Buffer) => (heard += bytes.length));
    await until('it hears', () => heard > 10);
    await pontoon('port', 'add', 'ash', '8081:81');
    await pontoon('port', 'move', 'ash', '8081:81', '8082:82');
    await pontoon('port', 'rm', 'ash', '8082:82');
    const then = heard;
    await until('it goes on hearing', () => heard > then + 10);
    assert.equal(client.exitCode, null);
    client.kill('SIGKILL');
  });

  test('port move is one step: the new number answers, the old does not', async () => {
    await web('ash', '-p', '8080:80');
    await pontoon('port', 'move', 'ash', '8080:80', '8090:80');
    assert.match(await fetchFrom(outside, '198.51.100.2:8090'), /^ash /);
    assert.ok(await cannotFetch(outside, '198.51.100.2:8080'));
  });

  test('a port is handed over from one container to another', async () => {
    await web('ash', '-p', '8080:80');
    await web('birch');
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    await pontoon('port', 'add', '--from', 'ash', 'birch', '8080:80');
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^birch /);
    assert.equal(await docker('port', 'ash'), '');
    await docker('rm', '-f', 'ash');
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^birch /);
  });

  test('a flow of datagrams follows a port that was handed over', async () => {
    const a = await web('ash', '-p', '5000:5000/udp');
    const b = await web('birch');
    for (const id of [a, b]) await udpServer(engine, id, 5000);
    assert.equal(await askByUdp(outside, '198.51.100.2', 5000), 'ping from 198.51.100.1');
    await pontoon('port', 'add', '--from', 'ash', 'birch', '5000:5000/udp');
    await docker('rm', '-f', 'ash');
    assert.equal(await askByUdp(outside, '198.51.100.2', 5000), 'ping from 198.51.100.1');
  });

  test('a range is added, moved over a part of itself, and taken back port by port', async () => {
    await leavesNothing(engine, async () => {
      await docker('run', '-d', '--name', 'ash', '--hostname', 'ash', 'busybox', ...servers(80, 82));
      await pontoon('port', 'add', 'ash', '9000-9002:80-82');
      for (const port of [9000, 9002])
        assert.match(await fetchFrom(outside, `198.51.100.2:${port}`), /^ash /);
      await pontoon('port', 'move', 'ash', '9000-9002:80-82', '9001-9003:80-82');
      for (const port of [9001, 9003])
        assert.match(await fetchFrom(outside, `198.51.100.2:${port}`), /^ash /);
      assert.ok(await cannotFetch(outside, '198.51.100.2:9000'));
      await pontoon('port', 'rm', 'ash', '9002:81');
      assert.ok(await cannotFetch(outside, '198.51.100.2:9002'));
      assert.match(await fetchFrom(outside, '198.51.100.2:9003'), /^ash /);
      await pontoon('port', 'rm', 'ash', '9001:80', '9003:82');
      assert.equal(await docker('port', 'ash'), '');
      await docker('rm', '-f', 'ash');
    });
  });

  test('a range of the same numbers is one element, also when ports are cut out of it', async () => {
    await docker('run', '-d', '--name', 'ash', '--hostname', 'ash', 'busybox', ...servers(20_499, 20_501));
    await pontoon('port', 'add', 'ash', '20000-29999:20000-29999');
    const elements = async () => (await host.run(nftRanges)).match(/: 172\.17\./g)?.length;
    assert.equal(await elements(), 1);
    assert.match(await fetchFrom(outside, '198.51.100.2:20500'), /^ash /);
    await pontoon('port', 'rm', 'ash', '20500:20500');
    assert.equal(await elements(), 2);
    assert.ok(await cannotFetch(outside, '198.51.100.2:20500'));
    for (const port of [20_499, 20_501])
      assert.match(await fetchFrom(outside, `198.51.100.2:${port}`), /^ash /);
    await pontoon('port', 'add', 'ash', '20500:20500');
    assert.equal(await elements(), 1);
    assert.match(await fetchFrom(outside, '198.51.100.2:20500'), /^ash /);
    assert.equal((await engine.attemptPontoon(['network', 'check'])).code, 0);
  });

  test('a hand-over leaves an open connection where it is, and leads new ones to the other', async () => {
    const ticks = (name: string) => `nc -ll -p 80 -e sh -c 'while :; do echo ${name}; sleep 0.05; done'`;
    for (const name of ['ash', 'birch'])
      await docker('run', '-d', '--name', name, 'busybox', 'sh', '-c', ticks(name));
    await pontoon('port', 'add', 'ash', '8080:80', '8081:80');
    const old = listener('198.51.100.2', 8080);
    await until('it hears ash', () => old.heard().includes('ash\n'));
    await pontoon('port', 'add', '--from', 'ash', 'birch', '8080:80', '8081:80');
    const fresh = listener('198.51.100.2', 8081);
    await until('the new one hears birch', () => fresh.heard().includes('birch\n'));
    const then = old.heard().length;
    await until('the old one goes on', () => old.heard().length > then + 40);
    assert.doesNotMatch(old.heard(), /birch/);
    assert.doesNotMatch(fresh.heard(), /ash/);
    for (const { child } of [old, fresh]) child.kill('SIGKILL');
  });

  test('a hand-over of what the other does not publish changes nothing', async () => {
    await web('ash', '-p', '8080:80');
    await web('birch');
    const { code, stderr } = await engine.attemptPontoon([
      'port',
      'add',
      '--from',
      'ash',
      'birch',
      '8080:80',
      '8081:80',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /container ash does not publish 80\/tcp there/);
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    assert.equal(await docker('port', 'birch'), '');
  });

  test('a move whose new number is taken leaves the old one as it was', async () => {
    await web('ash', '-p', '8080:80');
    await web('birch', '-p', '8090:80');
    const { code, stderr } = await engine.attemptPontoon(['port', 'move', 'ash', '8080:80', '8090:80']);
    assert.equal(code, 1);
    assert.match(stderr, /Bind for 0\.0\.0\.0:8090 failed: port is already allocated/);
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    const { status } = await host.attempt(['busybox', 'httpd', '-f', '-p', '8080']);
    assert.notEqual(status, 0, 'the old port is still held');
  });

  test('an allow-list is changed, taken away and given again', async () => {
    await web('ash', '-p', '8080:80');
    const reached = async () => !(await cannotFetch(outside, '198.51.100.2:8080'));
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    await pontoon('port', 'move', 'ash', '8080:80', '8080:80,allow=198.51.100.3');
    assert.ok(!(await reached()));
    assert.ok(lab.neighbour);
    assert.match(await fetchFrom(lab.neighbour, '198.51.100.2:8080'), /^ash /);
    await pontoon('port', 'add', 'ash', '8080:80,allow=198.51.100.0/24');
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    await pontoon('port', 'add', 'ash', '8080:80,allow=203.0.113.0/24');
    assert.ok(!(await reached()));
    await pontoon('port', 'add', 'ash', '8080:80');
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    assert.equal((await engine.attemptPontoon(['network', 'check'])).code, 0);
  });

  test('of the flows of datagrams those of the port that moved are forgotten, and no others', async () => {
    const a = await web('ash', '-p', '5000-5002:5000-5002/udp');
    await web('birch');
    for (const port of [5000, 5001, 5002]) {
      await udpServer(engine, a, port);
      assert.equal(await askByUdp(outside, '198.51.100.2', port), 'ping from 198.51.100.1');
    }
    assert.deepEqual(await flowsTo('198.51.100.2'), [5000, 5001, 5002]);
    await pontoon('port', 'add', '--from', 'ash', 'birch', '5001:5001/udp');
    assert.deepEqual(await flowsTo('198.51.100.2'), [5000, 5002]);
    await pontoon('port', 'rm', 'ash', '5002:5002/udp');
    assert.deepEqual(await flowsTo('198.51.100.2'), [5000]);
    await docker('rm', '-f', 'ash');
    assert.deepEqual(await flowsTo('198.51.100.2'), []);
  });

  /** Ports of that address that datagrams were sent to, as conntrack has them. */
  async function flowsTo(address: string): Promise<number[]> {
    const connection = inNamespace(host.path, openNetfilter);
    try {
      const flows = listFlows(connection).filter(
        (flow) => flow.protocol === 'udp' && flow.destination === address,
      );
      return [...new Set(flows.map((flow) => flow.destinationPort))].toSorted((x, y) => x - y);
    } finally {
      connection.close();
    }
  }

  /** A connection from outside that listens until it is killed. */
  function listener(address: string, port: number) {
    const again = `until busybox nc ${address} ${port}; do sleep 0.1; done`;
    const child = outside.spawn(['sh', '-c', again], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout?.on('data', (bytes: Buffer) => (text += bytes));
    return { child, heard: () => text };
  }

  test('a port that another has is refused, as is one that is not there', async () => {
    await web('ash', '-p', '8080:80');
    await web('birch');
    const taken = await engine.attemptPontoon(['port', 'add', 'birch', '8080:80']);
    assert.notEqual(taken.code, 0);
    assert.match(taken.stderr, /port is already allocated/);
    const absent = await engine.attemptPontoon(['port', 'rm', 'birch', '9999:80']);
    assert.notEqual(absent.code, 0);
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
  });

  test('what was added survives a restart of the container and of the daemon', async () => {
    const id = await web('ash');
    await pontoon('port', 'add', 'ash', '8080:80');
    await engine.kill();
    await engine.start();
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
    await docker('restart', '-t', '0', id);
    assert.match(await fetchFrom(outside, '198.51.100.2:8080'), /^ash /);
  });

  test('a published port takes an allow-list of sources', async () => {
    await pontoon(
      'run',
      '-d',
      '--name',
      'ash',
      '--hostname',
      'ash',
      '-p',
      '8080:80,allow=198.51.100.3/32',
      'busybox',
      ...webServer(),
    );
    assert.ok(lab.neighbour);
    assert.equal(await fetchFrom(lab.neighbour, '198.51.100.2:8080'), 'ash 198.51.100.3');
    assert.ok(await cannotFetch(outside, '198.51.100.2:8080'));
  });
});
