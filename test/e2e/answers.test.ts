// What clients are answered: texts, exit codes and small print that scripts hold on to, each as dockerd gives it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { command } from '../command.ts';
import { clientNames, openEngine } from '../engine.ts';
import { removeContainers, staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
const scratch = mkdtempSync(join(tmpdir(), 'pontoon-answers-'));
after(() => engine.close());
after(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => removeContainers(engine));
const { docker, attempt } = engine;

describe('run refuses, with status 125 and a reason,', () => {
  const refused: [what: string, flags: string[], reason: RegExp][] = [
    [
      'a log driver that is none',
      ['--log-driver', 'bad'],
      /error looking up logging plugin bad: plugin "bad"/,
    ],
    [
      'an option that the log driver does not know',
      ['--log-opt', 'bad=1'],
      /unknown log opt 'bad' for json-file/,
    ],
    ['a log size that is none', ['--log-opt', 'max-size=abc'], /invalid size: 'abc'/],
    ['no log file at all', ['--log-opt', 'max-file=0'], /max-file cannot be less than 1/],
    ['a tmpfs option that is none', ['--tmpfs', '/x:bad=1'], /invalid tmpfs option \["bad" "1"\]/],
    [
      'a tmpfs on a relative path',
      ['--tmpfs', 'relative'],
      /invalid mount path: 'relative' mount path must be absolute/,
    ],
    [
      'a bind to a relative path',
      ['-v', '/tmp:relative'],
      /invalid mount config for type "bind": invalid mount path/,
    ],
    [
      'a propagation that is none',
      ['--mount', 'type=bind,source=/tmp,target=/a,bind-propagation=bad'],
      /invalid propagation mode: bad/,
    ],
    [
      'a capability that is none',
      ['--cap-add', 'NOSUCH'],
      /invalid CapAdd: unknown capability: "CAP_NOSUCH"/,
    ],
    [
      'memory nodes that are not there',
      ['--cpuset-mems', '99'],
      /Requested memory nodes are not available - requested 99/,
    ],
    ['a GPU', ['--gpus', 'all'], /could not select device driver "" with capabilities: \[\[gpu\]\]/],
    [
      'a quota',
      ['--storage-opt', 'size=1g'],
      /--storage-opt is supported only for overlay over xfs with 'pquota'/,
    ],
    ['volumes of a container in a mode that is none', ['--volumes-from', 'x:bad'], /invalid mode: bad/],
  ];
  for (const [what, flags, reason] of refused) {
    test(what, async (context) => {
      if (flags[0] === '--gpus' && !clientNames.includes('docker')) return context.skip('no docker CLI');
      const { code, stderr } = await attempt(['run', '--rm', ...flags, 'busybox', 'true']);
      assert.match(stderr, reason);
      assert.equal(code, 125);
    });
  }

  test('an image of another platform than was asked for', async () => {
    const wanted = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
    const argv = ['run', '--rm', '--pull', 'never', '--platform', wanted, 'busybox', 'true'];
    const { code, stderr } = await attempt(argv);
    assert.match(stderr, /was found but .*platform/);
    assert.equal(code, 125);
  });
});

test('--pids-limit -1 is no limit', async () => {
  await docker('run', '--rm', '--pids-limit', '-1', 'busybox', 'true');
});

test('a user’s own group is among the additional ones', async () => {
  assert.match(await docker('run', '--rm', '-u', '1234:4321', 'busybox', 'id'), /groups=4321$/);
});

test('--cgroupns private hides where the container’s cgroup is', async () => {
  const lines = await docker('run', '--rm', '--cgroupns', 'private', 'busybox', 'cat', '/proc/self/cgroup');
  for (const line of lines.split('\n')) assert.match(line, /:\/$/);
});

test('ps finds a container by the port of the host that leads to it', async () => {
  await docker('run', '-d', '--name', 'web', '-p', '8080:80', 'busybox', ...staying);
  const find = (port: string) => docker('ps', '--filter', `publish=${port}`, '--format', '{{.Names}}');
  assert.equal(await find('8080'), 'web');
  assert.equal(await find('8080/udp'), '');
});

test('logs --details leave a column for details, also where there are none', async () => {
  const id = await docker('run', '-d', 'busybox', 'echo', 'said');
  await docker('wait', id);
  await until('it is in the log', async () => (await docker('logs', id)) === 'said');
  assert.equal((await attempt(['logs', '--details', id])).stdout, ' said\n');
});

test('an exec as a user who is not there ends with 126 and says so', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  for (const name of clientNames) {
    const { argv, environment } = engine.client(name);
    const result = await command([...argv, 'exec', '-u', 'nosuch', id, 'true'], { environment });
    assert.match(
      result.stdout + result.stderr,
      /unable to find user nosuch: no matching entries in passwd file/,
    );
    assert.equal(result.code, 126);
  }
});

test('renaming to a taken name names its holder', async () => {
  await docker('create', '--name', 'one', 'busybox');
  await docker('create', '--name', 'two', 'busybox');
  const { code, stderr } = await attempt(['rename', 'one', 'two']);
  assert.match(
    stderr,
    /Error when allocating new name: Conflict\. The container name "\/two" is already in use/,
  );
  assert.equal(code, 1);
});

describe('cp', () => {
  test('of a folder’s contents makes the folder that was named', async () => {
    const id = await docker('create', 'busybox');
    for (const name of clientNames) {
      const { argv, environment } = engine.client(name);
      const target = join(scratch, `contents-${name}`);
      const { code, stderr } = await command([...argv, 'cp', `${id}:/etc/.`, target], { environment });
      assert.equal(code, 0, stderr);
      assert.ok(existsSync(join(target, 'passwd')));
      assert.ok(!existsSync(join(scratch, 'etc')));
    }
  });

  test('of a running container’s root leaves out what is the kernel’s', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    for (const name of clientNames) {
      const { argv, environment } = engine.client(name);
      const target = join(scratch, `root-${name}`);
      const { code, stderr } = await command([...argv, 'cp', `${id}:/`, target], { environment });
      assert.equal(code, 0, stderr);
      assert.ok(existsSync(join(target, 'etc/passwd')));
      assert.deepEqual(readdirSync(join(target, 'proc')), []);
      assert.deepEqual(readdirSync(join(target, 'sys')), []);
    }
  });

  test('says which file is not there, and where a folder was meant', async () => {
    const id = await docker('run', '-d', '--name', 'box', 'busybox', ...staying);
    const missing = await attempt(['cp', 'box:/nosuch', join(scratch, 'x')]);
    assert.match(missing.stderr, /Could not find the file \/nosuch in container box/);
    const below = await attempt(['cp', '/etc/hostname', `${id}:/etc/passwd/x`]);
    assert.match(below.stderr, /extraction point is not a directory/);
    assert.deepEqual([missing.code, below.code], [1, 1]);
  });
});

test('prune refuses a time that is none, before it removes anything', async () => {
  await docker('create', '--name', 'kept', 'busybox');
  const { code, stderr } = await attempt(['container', 'prune', '-f', '--filter', 'until=bad']);
  assert.match(stderr, /failed to parse value as time or duration: "bad"/);
  assert.equal(code, 1);
  assert.equal(await docker('ps', '-a', '--filter', 'name=kept', '--format', '{{.Names}}'), 'kept');
});

test('rm -f is a kill in the events as well', async () => {
  const id = await docker('run', '-d', 'busybox', ...staying);
  await docker('rm', '-f', id);
  // Clients send whole seconds: the next but one is past all that there was.
  const until_s = Math.ceil(Date.now() / 1000) + 1;
  const wanted = ['--filter', `container=${id}`, '--format', '{{.Action}}'];
  const seen = await docker('events', '--since', '10m', '--until', `${until_s}`, ...wanted);
  assert.deepEqual(
    seen.split('\n').filter((action) => ['kill', 'die', 'destroy'].includes(action)),
    ['kill', 'die', 'destroy'],
  );
});

test('a network takes one subnet of a family, and options that can be read', async () => {
  const refused = async (flags: string[], reason: RegExp) => {
    const { code, stderr } = await attempt(['network', 'create', ...flags, 'half']);
    assert.match(stderr, reason);
    assert.equal(code, 1);
  };
  const twice = ['--subnet', '10.20.0.0/16', '--subnet', '10.22.0.0/16'];
  await refused(twice, /bridge driver doesn't support multiple subnets/);
  const option = (name: string, value: string) => ['-o', `com.docker.network.${name}=${value}`];
  await refused(option('driver.mtu', 'abc'), /failed to parse com\.docker\.network\.driver\.mtu value: abc/);
  await refused(
    option('bridge.enable_icc', 'maybe'),
    /failed to parse com\.docker\.network\.bridge\.enable_icc/,
  );
  await refused(option('bridge.host_binding_ipv4', 'bad'), /value: bad \(nil ip\)/);
  assert.equal(await docker('network', 'ls', '-q', '--filter', 'name=half'), '');
});

test('a file of variables that is not there is the client’s own error', async () => {
  for (const name of clientNames) {
    const { argv, environment } = engine.client(name);
    const run = await command([...argv, 'run', '--rm', '--env-file', '/nosuch', 'busybox'], { environment });
    assert.match(run.stderr, /open \/nosuch: no such file or directory/);
    assert.equal(run.code, 125);
  }
});
