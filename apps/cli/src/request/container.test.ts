import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../flags/parse.ts';
import { attachedStreams, containerBody } from './container.ts';
import { containerFlags } from './container-flags.ts';

function bodyOf(...argv: string[]) {
  const { values, args, given } = parse(containerFlags, argv, false);
  const [image = '', ...command] = args;
  return containerBody({ values, given, image, command }, attachedStreams(values, false));
}

test('without flags the container is that of its image, on the default network', () => {
  const body = bodyOf('busybox');
  assert.deepEqual([body.Image, body.Cmd, body.Entrypoint], ['busybox', null, null]);
  assert.deepEqual(
    [body.AttachStdin, body.AttachStdout, body.AttachStderr, body.OpenStdin],
    [false, true, true, false],
  );
  assert.equal(body.HostConfig?.NetworkMode, 'default');
  assert.deepEqual(body.HostConfig?.RestartPolicy, { Name: 'no', MaximumRetryCount: 0 });
  assert.equal('PidsLimit' in (body.HostConfig ?? {}), false);
});

test('-it opens an input that closes with its one client', () => {
  const body = bodyOf('-it', 'busybox', 'sh', '-c', 'echo -n x');
  assert.deepEqual([body.Tty, body.OpenStdin, body.StdinOnce, body.AttachStdin], [true, true, true, true]);
  assert.deepEqual(body.Cmd, ['sh', '-c', 'echo -n x']);
});

test('-a attaches to what it names alone', () => {
  assert.deepEqual(attachedStreams({ attach: ['STDERR'], interactive: true }, false), {
    ...{ stdin: false, stdout: false, stderr: true },
  });
  assert.deepEqual(Object.values(attachedStreams({ attach: [], interactive: true }, true)), [
    false,
    false,
    false,
  ]);
});

test('limits land in the host configuration in the units of the API', () => {
  const { HostConfig } = bodyOf(
    ...['-m', '64m', '--memory-swap', '-1', '--cpus', '0.5', '--cpu-shares', '512', '--cpuset-cpus', '0-1'],
    ...[
      '--pids-limit',
      '50',
      '--blkio-weight',
      '300',
      '--device-read-bps',
      '/dev/sda:1mb',
      '--ulimit',
      'nofile=10:20',
    ],
    'busybox',
  );
  assert.equal(HostConfig?.Memory, 67_108_864);
  assert.equal(HostConfig?.MemorySwap, -1);
  assert.equal(HostConfig?.NanoCpus, 500_000_000);
  assert.deepEqual([HostConfig?.CpuShares, HostConfig?.CpusetCpus, HostConfig?.PidsLimit], [512, '0-1', 50]);
  assert.deepEqual(
    [HostConfig?.BlkioWeight, HostConfig?.BlkioDeviceReadBps],
    [300, [{ Path: '/dev/sda', Rate: 1_048_576 }]],
  );
  assert.deepEqual(HostConfig?.Ulimits, [{ Name: 'nofile', Soft: 10, Hard: 20 }]);
});

test('--net is --network, and every mode is passed on as it is', () => {
  for (const mode of ['bridge', 'host', 'none', 'container:a79980032bb6', 'mine'])
    assert.equal(bodyOf('--net', mode, 'busybox').HostConfig?.NetworkMode, mode);
});

test('names, hosts and name servers are passed on', () => {
  const body = bodyOf(
    '--hostname',
    'h',
    '--add-host',
    'db:10.0.0.5',
    '--add-host',
    'six=[2001:db8::1]',
    '--dns',
    '192.0.2.1',
    'busybox',
  );
  assert.equal(body.Hostname, 'h');
  assert.deepEqual(body.HostConfig?.ExtraHosts, ['db:10.0.0.5', 'six:2001:db8::1']);
  assert.deepEqual(body.HostConfig?.Dns, ['192.0.2.1']);
});

test('an empty --entrypoint clears that of the image', () => {
  assert.deepEqual(bodyOf('--entrypoint', '', 'busybox').Entrypoint, ['']);
  assert.deepEqual(bodyOf('--entrypoint', 'ls', 'busybox', '-l').Entrypoint, ['ls']);
});

test('health checks are made of their flags, or refused', () => {
  assert.deepEqual(bodyOf('--health-cmd', 'true', '--health-interval', '2s', 'busybox').Healthcheck, {
    ...{
      Test: ['CMD-SHELL', 'true'],
      Interval: 2e9,
      Timeout: 0,
      StartPeriod: 0,
      StartInterval: 0,
      Retries: 0,
    },
  });
  assert.deepEqual(bodyOf('--no-healthcheck', 'busybox').Healthcheck, { Test: ['NONE'] });
});

test("flags that contradict each other are refused in Docker's words", () => {
  const cases: [string[], string][] = [
    [['--rm', '--restart', 'always'], 'conflicting options: cannot specify both --restart and --rm'],
    [['--pid', 'x'], '--pid: invalid PID mode'],
    [['--uts', 'x'], '--uts: invalid UTS mode'],
    [['--userns', 'x'], '--userns: invalid USER mode'],
    [['--security-opt', 'x'], 'Invalid --security-opt: "x"'],
    [['--storage-opt', 'x'], 'invalid storage option'],
    [['--no-healthcheck', '--health-cmd', 'x'], '--no-healthcheck conflicts with --health-* options'],
    [['--memory-swappiness', '200'], 'invalid value: 200. Valid memory swappiness range is 0-100'],
    [
      ['--security-opt', 'seccomp=/nope'],
      'opening seccomp profile (/nope) failed: open /nope: no such file or directory',
    ],
  ];
  for (const [argv, message] of cases) assert.throws(() => bodyOf(...argv, 'busybox'), { message });
});

test("malformed values are refused with the flag's name", () => {
  const cases: [string[], string][] = [
    [['--dns', 'x'], 'invalid argument "x" for "--dns" flag: IP address is not correctly formatted: x'],
    [['--add-host', 'x'], 'invalid argument "x" for "--add-host" flag: bad format for add-host: "x"'],
    [['-a', 'x'], 'invalid argument "x" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR'],
    [['--link', 'a:b:c'], 'invalid argument "a:b:c" for "--link" flag: bad format for links: a:b:c'],
    [['--cpus', 'x'], 'invalid argument "x" for "--cpus" flag: failed to parse x as a rational number'],
  ];
  for (const [argv, message] of cases) assert.throws(() => bodyOf(...argv, 'busybox'), { message });
});
