// What a container may do: capabilities, seccomp, masked paths, limits of its processes, namespaces of others.
import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { removeContainers, staying } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const run = (...argv: string[]): Promise<string> => docker('run', '--rm', ...argv);

describe('what a container may', () => {
  test('a capability that is dropped is gone; one that is added is there', async () => {
    const bits = async (...flags: string[]): Promise<bigint> => {
      const text = await run(...flags, 'busybox', 'grep', 'CapEff', '/proc/self/status');
      return BigInt(`0x${text.split('\t')[1]}`);
    };
    assert.equal(await bits(), 0xa80425fbn);
    assert.equal(await bits('--cap-drop', 'ALL'), 0n);
    assert.equal(await bits('--cap-drop', 'all', '--cap-add', 'NET_ADMIN'), 1n << 12n);
    assert.equal(await bits('--cap-add', 'SYS_TIME'), 0xa80425fbn | (1n << 25n));
  });

  test('a container may not change its network, unless it has NET_ADMIN', async () => {
    assert.notEqual(
      (await engine.attempt(['run', '--rm', 'busybox', 'ip', 'link', 'set', 'eth0', 'down'])).code,
      0,
    );
    await run('--cap-add', 'NET_ADMIN', 'busybox', 'ip', 'link', 'set', 'eth0', 'down');
  });

  test(
    '--privileged has all devices and a writable /sys',
    pontoonOnly('fails where root lacks a capability'),
    async () => {
      const text = await run(
        '--privileged',
        'busybox',
        'sh',
        '-c',
        'grep " /sys sysfs" /proc/mounts; ls /dev',
      );
      assert.match(text, /\/sys sysfs rw/);
      assert.match(text, /^kmsg$/m);
      assert.match(await run('busybox', 'grep', ' /sys sysfs', '/proc/mounts'), /\/sys sysfs ro/);
    },
  );

  test('paths of the kernel that give things away are masked', async () => {
    assert.equal(await run('busybox', 'cat', '/proc/timer_list'), '');
    assert.equal(await run('busybox', 'ls', '/sys/firmware'), '');
    assert.notEqual(
      (await engine.attempt(['run', '--rm', 'busybox', 'sh', '-c', 'echo 1 >/proc/sys/kernel/panic'])).code,
      0,
    );
  });

  test('--security-opt no-new-privileges and seccomp=unconfined are carried out', async () => {
    assert.match(
      await run('--security-opt', 'no-new-privileges', 'busybox', 'grep', 'NoNewPrivs', '/proc/self/status'),
      /1$/,
    );
    assert.match(await run('busybox', 'grep', '^Seccomp:', '/proc/self/status'), /2$/);
    assert.match(
      await run('--security-opt', 'seccomp=unconfined', 'busybox', 'grep', '^Seccomp:', '/proc/self/status'),
      /0$/,
    );
  });

  test('the default seccomp profile forbids a new user namespace', async () => {
    assert.notEqual((await engine.attempt(['run', '--rm', 'busybox', 'unshare', '-U', 'true'])).code, 0);
  });

  test('--ulimit is the limit', async () => {
    assert.equal(
      await run('--ulimit', 'nofile=321:456', 'busybox', 'sh', '-c', 'ulimit -Sn; ulimit -Hn'),
      '321\n456',
    );
    assert.equal(await run('--ulimit', 'core=0', 'busybox', 'sh', '-c', 'ulimit -c'), '0');
  });

  test('--sysctl sets those of the network namespace', async () => {
    assert.equal(
      await run(
        '--sysctl',
        'net.ipv4.ip_default_ttl=33',
        'busybox',
        'cat',
        '/proc/sys/net/ipv4/ip_default_ttl',
      ),
      '33',
    );
  });

  test('--pid, --ipc and --uts of the host are those of the host', async () => {
    const ours = (kind: string): string => readlinkSync(`/proc/self/ns/${kind}`);
    for (const kind of ['pid', 'ipc', 'uts']) {
      assert.equal(
        await run(`--${kind}`, 'host', 'busybox', 'readlink', `/proc/self/ns/${kind}`),
        ours(kind),
      );
      assert.notEqual(await run('busybox', 'readlink', `/proc/self/ns/${kind}`), ours(kind));
    }
  });

  test('--pid container:NAME sees the processes of the other', async () => {
    await docker('run', '-d', '--name', 'seen', 'busybox', ...staying);
    assert.match(await run('--pid', 'container:seen', 'busybox', 'ps'), /trap "exit 0" TERM/);
  });
});
