// Memory, processor, processes, block I/O: the limits land in the cgroup, and stats reads back what was used.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { addressOf, inspect, removeContainers, staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;

/** The file of a controller for a container: v1 and v2 name and place them each in their own way. */
async function limitOf(container: string, controller: string, v1: string, v2: string): Promise<string> {
  const pid = await inspect(engine, container, '{{.State.Pid}}');
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const own = lines.find(([, names = '']) => names.split(',').includes(controller));
  if (own) return readFileSync(join('/sys/fs/cgroup', own[1] ?? '', own[2] ?? '', v1), 'utf8').trim();
  const unified = lines.find(([id]) => id === '0')?.[2] ?? '';
  return readFileSync(join('/sys/fs/cgroup', unified, v2), 'utf8').trim();
}

const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');

describe('limits', () => {
  test('--memory and --memory-reservation', async () => {
    const id = await docker(
      'run',
      '-d',
      '--memory',
      '64m',
      '--memory-reservation',
      '32m',
      'busybox',
      ...staying,
    );
    assert.equal(await limitOf(id, 'memory', 'memory.limit_in_bytes', 'memory.max'), `${64 << 20}`);
    assert.equal(await limitOf(id, 'memory', 'memory.soft_limit_in_bytes', 'memory.low'), `${32 << 20}`);
    assert.equal(await inspect(engine, id, '{{.HostConfig.Memory}}'), `${64 << 20}`);
  });

  test('a process that takes more memory than its limit is killed, and inspect says so', async () => {
    const id = await docker(
      'run',
      '-d',
      '--memory',
      '16m',
      '--memory-swap',
      '16m',
      'busybox',
      'sh',
      '-c',
      'x=$(head -c 64000000 /dev/zero | tr "\\0" x); echo "$x"',
    );
    assert.notEqual(await docker('wait', id), '0');
    assert.equal(await inspect(engine, id, '{{.State.OOMKilled}}'), 'true');
  });

  test('--cpus is a quota', async () => {
    const id = await docker('run', '-d', '--cpus', '0.5', 'busybox', ...staying);
    assert.match(await limitOf(id, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
  });

  test('--cpu-quota and --cpu-period are as they are', async () => {
    const id = await docker(
      'run',
      '-d',
      '--cpu-quota',
      '30000',
      '--cpu-period',
      '60000',
      'busybox',
      ...staying,
    );
    assert.match(await limitOf(id, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^30000\b/);
    assert.match(await limitOf(id, 'cpu', 'cpu.cfs_period_us', 'cpu.max'), /60000$/);
  });

  test('--cpu-shares is a weight', async () => {
    const id = await docker('run', '-d', '--cpu-shares', '512', 'busybox', ...staying);
    const value = await limitOf(id, 'cpu', 'cpu.shares', 'cpu.weight');
    assert.equal(value, unified ? '20' : '512');
  });

  test('--cpuset-cpus names the processors', async () => {
    const id = await docker('run', '-d', '--cpuset-cpus', '0', 'busybox', ...staying);
    assert.equal(await limitOf(id, 'cpuset', 'cpuset.cpus', 'cpuset.cpus'), '0');
  });

  test('--pids-limit bounds the number of processes', async () => {
    const id = await docker('run', '-d', '--pids-limit', '20', 'busybox', ...staying);
    assert.equal(await limitOf(id, 'pids', 'pids.max', 'pids.max'), '20');
    const { stderr } = await engine.attempt([
      'exec',
      id,
      'sh',
      '-c',
      'for i in $(seq 40); do sleep 100 & done',
    ]);
    assert.match(stderr, /can't fork/);
  });

  test('--device-read-bps and --device-write-bps name a device and a rate', async () => {
    const device = ['/dev/vda', '/dev/sda', '/dev/nvme0n1', '/dev/loop0'].find((path) => existsSync(path));
    assert.ok(device, 'the machine has a block device');
    const number = statSync(device).rdev;
    const name = `${(number >> 8) & 0xfff}:${number & 0xff}`;
    const id = await docker(
      ...[
        'run',
        '-d',
        '--device-read-bps',
        `${device}:1mb`,
        '--device-write-bps',
        `${device}:2mb`,
        'busybox',
        ...staying,
      ],
    );
    const read = await limitOf(id, 'blkio', 'blkio.throttle.read_bps_device', 'io.max');
    const write = await limitOf(id, 'blkio', 'blkio.throttle.write_bps_device', 'io.max');
    assert.match(read, new RegExp(`${name} .*${1 << 20}`));
    assert.match(write, new RegExp(`${name} .*${2 << 20}`));
  });

  test('update changes limits while the container runs', async () => {
    const id = await docker('run', '-d', '--memory', '64m', '--memory-swap', '64m', 'busybox', ...staying);
    await docker('update', '--memory', '96m', '--memory-swap', '96m', '--cpus', '0.25', id);
    assert.equal(await limitOf(id, 'memory', 'memory.limit_in_bytes', 'memory.max'), `${96 << 20}`);
    assert.match(await limitOf(id, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^25000\b/);
    assert.equal(await inspect(engine, id, '{{.HostConfig.Memory}}'), `${96 << 20}`);
  });

  test('limits are there again after a restart', async () => {
    const id = await docker('run', '-d', '--pids-limit', '33', 'busybox', ...staying);
    await docker('restart', '-t', '0', id);
    assert.equal(await limitOf(id, 'pids', 'pids.max', 'pids.max'), '33');
  });
});

describe('what is refused', () => {
  for (const [flags, text] of [
    [['--memory', '1m'], /Minimum memory limit allowed is 6MB/],
    [['--memory', 'much'], /invalid argument "much" for "-m, --memory" flag/],
    [['--cpus', '1000'], /Range of CPUs is from 0\.01 to/i],
    [['--cpuset-cpus', '999'], /Requested CPUs are not available - requested 999/],
    [['--cpu-quota', '10'], /CPU cfs quota can not be less than 1ms/],
    [
      ['--memory', '32m', '--memory-swap', '16m'],
      /Minimum memoryswap limit should be larger than memory limit/,
    ],
  ] as const) {
    test(`${flags.join(' ')}`, async () => {
      const { code, stderr } = await engine.attempt(['run', '--rm', ...flags, 'busybox', 'true']);
      assert.equal(code, 125);
      assert.match(stderr, text);
      assert.equal(await docker('ps', '-aq'), '');
    });
  }
});

describe('stats', () => {
  test('memory, processes, processor and network are read back', async () => {
    const id = await docker('run', '-d', '--memory', '64m', 'busybox', ...staying);
    await docker('exec', id, 'ping', '-c', '3', '-A', '172.17.0.1');
    const { json } = await engine.api('GET', `/containers/${id}/stats?stream=false&one-shot=true`);
    assert.ok(Number(json.memory_stats?.usage) > 0);
    assert.equal(Number(json.memory_stats?.limit), 64 << 20);
    assert.ok(Number(json.pids_stats?.current) >= 1);
    assert.ok(Number(json.cpu_stats?.cpu_usage?.total_usage) > 0);
    assert.ok(Number(json.cpu_stats?.system_cpu_usage) > 0);
    assert.ok(Number(json.networks?.eth0?.rx_packets) >= 3);
    assert.ok(Number(json.networks?.eth0?.tx_bytes) >= 3 * 98);
  });

  test('docker stats prints a row a container', async () => {
    const id = await docker('run', '-d', '--name', 'measured', '--memory', '64m', 'busybox', ...staying);
    assert.ok(await addressOf(engine, id));
    const row = await docker(
      'stats',
      '--no-stream',
      '--format',
      '{{.Name}} {{.MemUsage}} {{.PIDs}} {{.CPUPerc}} {{.NetIO}}',
    );
    assert.match(row, /^measured [\d.]+[kKM]i?B \/ 64MiB \d+ [\d.]+% [\d.]+k?B \/ [\d.]+k?B$/);
  });

  test('a stream of stats goes on, and ends with the container', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    const streaming = engine.api('GET', `/containers/${id}/stats`);
    await until('it runs', async () => (await inspect(engine, id, '{{.State.Running}}')) === 'true');
    await docker('stats', '--no-stream', id);
    await docker('rm', '-f', id);
    const { text } = await streaming;
    assert.ok(text.split('\n').filter((line) => line.startsWith('{')).length >= 1);
  });
});
