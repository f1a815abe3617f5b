import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildProcess, Containers, containerCapabilities, readLog, StartFault } from '@pontoon/oci';
import { collect, openPlace, until } from './oci-place.ts';

test('a container runs, its output and exit code arrive whole, and nothing is left of it', async () => {
  await using place = await openPlace();
  const { stdout, stderr, exit } = await place.run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  assert.deepEqual([stdout, stderr, exit.code, exit.oom], ['out\n', 'err\n', 7, false]);
  const [id = ''] = place.containers.list();
  assert.equal(place.containers.state(id)?.status, 'stopped');
  await place.containers.delete(id);
  assert.deepEqual(place.containers.list(), []);
});

test('a command that is not there, not executable or a folder gets the text and exit code of Docker', async () => {
  await using place = await openPlace();
  const refusal = async (command: string) => {
    const error = await place.create([command]).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof StartFault, String(error));
    return [error.exitCode, /unable to start container process: (.*): unknown$/.exec(error.message)?.[1]];
  };
  assert.deepEqual(await refusal('nosuch'), [127, 'exec: "nosuch": executable file not found in $PATH']);
  assert.deepEqual(await refusal('/nosuch'), [
    127,
    'exec: "/nosuch": stat /nosuch: no such file or directory',
  ]);
  assert.deepEqual(await refusal('/not-executable'), [126, 'exec: "/not-executable": permission denied']);
  assert.deepEqual(await refusal('/folder'), [126, 'exec: "/folder": is a directory: permission denied']);
  assert.deepEqual(place.containers.list(), []);
});

test('a signal that ends the process becomes 128 and its number', async () => {
  await using place = await openPlace();
  const id = await place.create(['sleep', '60']);
  await place.containers.start(id);
  const exit = place.ended(id);
  place.containers.kill(id, 'SIGKILL');
  assert.equal((await exit).code, 137);
});

test('the end of the first client’s input reaches a container that was asked to take it once', async () => {
  await using place = await openPlace();
  const id = await place.create(['cat'], {}, { stdin: true, stdinOnce: true });
  const streams = place.containers.attach(id, { stdin: true });
  const exit = place.ended(id);
  await place.containers.start(id);
  const text = 'line\n'.repeat(40_000);
  streams.stdin?.end(text);
  assert.equal((await collect(streams)).stdout.length, text.length);
  assert.equal((await exit).code, 0);
});

test('without stdinOnce a client’s going leaves the container’s input open', async () => {
  await using place = await openPlace();
  const id = await place.create(['cat'], {}, { stdin: true });
  await place.containers.start(id);
  const first = place.containers.attach(id, { stdin: true });
  first.stdin?.end('one\n');
  await until(first, 'one\n');
  first.close();
  const second = place.containers.attach(id, { stdin: true });
  second.stdin?.write('two\n');
  assert.equal(await until(second, 'two\n'), 'two\n');
  second.close();
});

test('a slow reader holds the container up and loses nothing', async () => {
  await using place = await openPlace();
  const id = await place.create([
    'sh',
    '-c',
    'dd if=/dev/zero bs=1000 count=20000 2>/dev/null; touch /tmp/done',
  ]);
  const streams = place.containers.attach(id, { stdin: false });
  await place.containers.start(id);
  let total = 0;
  let first = true;
  for await (const { bytes } of streams.output) {
    if (first) {
      await sleep(500);
      assert.equal(place.containers.state(id)?.status, 'running');
    }
    first = false;
    total += bytes.length;
  }
  assert.equal(total, 20_000_000);
});

test('a terminal has the size that it was given, echoes, and is left by the detach keys', async () => {
  await using place = await openPlace();
  const id = await place.create(['sh'], { terminal: true }, { stdin: true });
  const streams = place.containers.attach(id, { stdin: true, detachKeys: '' });
  await place.containers.start(id);
  place.containers.resize(id, { rows: 33, columns: 99 });
  await sleep(50);
  streams.stdin?.write('stty size\n');
  assert.match(await until(streams, '33 99\r\n'), /stty size/);
  streams.stdin?.write(Buffer.from([0x10, 0x11]));
  for await (const _ of streams.output);
  assert.equal(streams.detached, true);
  const again = place.containers.attach(id, { stdin: true });
  again.stdin?.write('echo still $((1+1))\n');
  await until(again, 'still 2');
  again.close();
});

test('exec gives output, input, exit code and Docker’s errors', async () => {
  await using place = await openPlace();
  const id = await place.create(['sleep', '60']);
  await place.containers.start(id);
  const exec = (execId: string, args: string[], more: { stdin?: boolean; terminal?: boolean } = {}) =>
    place.containers.exec(id, {
      ...{ execId, terminal: false, stdin: false, attach: true, ...more },
      process: buildProcess({
        ...{ args, env: ['PATH=/bin'], cwd: '/', user: { uid: 0, gid: 0 }, terminal: more.terminal },
        capabilities: containerCapabilities({}),
      }),
    });
  const plain = await exec('e1', ['sh', '-c', 'echo hello; echo bad >&2; exit 9']);
  assert.deepEqual(await collect(plain.streams!), { stdout: 'hello\n', stderr: 'bad\n' });
  assert.equal(await plain.exited, 9);
  const piped = await exec('e2', ['tr', 'a-z', 'A-Z'], { stdin: true });
  piped.streams?.stdin?.end('shout');
  assert.equal((await collect(piped.streams!)).stdout, 'SHOUT');
  assert.equal(await piped.exited, 0);
  const terminal = await exec('e3', ['sh', '-c', 'test -t 0 && echo tty; exit 3'], {
    terminal: true,
    stdin: true,
  });
  assert.match((await collect(terminal.streams!)).stdout, /tty\r\n/);
  assert.equal(await terminal.exited, 3);
  await assert.rejects(exec('e4', ['nosuch']), (error: StartFault) => {
    assert.equal(error.exitCode, 127);
    return /^OCI runtime exec failed: exec failed: .*: exec: "nosuch": executable file not found/.test(
      error.message,
    );
  });
});

test('limits are in the container’s groups, counted back, and can be changed while it runs', async () => {
  await using place = await openPlace();
  const resources = { memory: 64 << 20, nanoCpus: 5e8, pidsLimit: 20 };
  const id = await place.create(['sh', '-c', 'seq 1 20000 >/dev/null; sleep 60'], { resources });
  await place.containers.start(id);
  await sleep(300);
  const found = place.containers.statistics(id);
  assert.equal(found.memory.limit, 64 << 20);
  assert.equal(found.pids.limit, 20);
  assert.ok(found.cpu.total_ns > 0);
  assert.ok(found.pids.current >= 1);
  await place.containers.update(id, { memory: 96 << 20, memorySwap: 200 << 20 });
  assert.equal(place.containers.statistics(id).memory.limit, 96 << 20);
});

test('a container that eats more memory than it may is reported as out of memory', async () => {
  await using place = await openPlace();
  const { exit } = await place.run(
    ['sh', '-c', 'x=$(dd if=/dev/zero bs=1M count=200 2>/dev/null | tr "\\0" x); echo $x'],
    {
      resources: { memory: 32 << 20 },
    },
  );
  assert.equal(exit.oom, true);
  assert.notEqual(exit.code, 0);
});

test('pause stops every process until resume', async () => {
  await using place = await openPlace();
  const id = await place.create(['sh', '-c', 'while :; do echo x; sleep 0.05; done']);
  await place.containers.start(id);
  await place.containers.pause(id);
  assert.equal(place.containers.state(id)?.status, 'paused');
  const before = place.containers.statistics(id).cpu.total_ns;
  await sleep(150);
  assert.equal(place.containers.statistics(id).cpu.total_ns, before);
  await place.containers.resume(id);
  assert.equal(place.containers.state(id)?.status, 'running');
  await place.containers.pause(id);
});

test('a new engine finds running containers, attaches to them, and knows how others ended meanwhile', async () => {
  await using place = await openPlace();
  const running = await place.create(['cat'], {}, { stdin: true });
  const ending = await place.create(['sh', '-c', 'sleep 0.2; exit 5']);
  await place.containers.start(running);
  await place.containers.start(ending);
  place.containers.close();
  await sleep(500);
  const next = new Containers({ runtime: place.runtime, runRoot: `${place.root}/run` });
  assert.equal(next.exitOf(ending)?.code, 5);
  assert.equal(next.state(ending)?.status, 'stopped');
  assert.equal(next.state(running)?.status, 'running');
  const streams = next.attach(running, { stdin: true });
  streams.stdin?.write('alive\n');
  await until(streams, 'alive\n');
  streams.close();
  next.close();
});

test('a container is confined: no mount, no new namespace, kernel files masked, an unprivileged user without capabilities', async () => {
  await using place = await openPlace();
  const script = `mount -t tmpfs x /tmp 2>&1; cat /proc/kcore | wc -c; echo 1 > /proc/sys/kernel/panic; hostname`;
  const root = await place.run(['sh', '-c', script], { hostname: 'box' });
  assert.match(root.stdout, /(permission denied|Operation not permitted)[\s\S]*\n0\nbox\n$/);
  assert.match(root.stderr, /Read-only file system/);
  const user = await place.run(['cat', '/proc/self/status'], { user: { uid: 1000, gid: 1000 } });
  assert.match(user.stdout, /CapEff:\s+0000000000000000/);
  assert.match(user.stdout, /CapBnd:\s+00000000a80425fb/);
  assert.match(user.stdout, /Seccomp:\s+2/);
  const again = await place.run(['cat', '/proc/self/status']);
  assert.match(again.stdout, /Seccomp:\s+2\nSeccomp_filters:\s+1/);
  const privileged = await place.run(['sh', '-c', 'mount -t tmpfs x /tmp && echo mounted'], {
    privileged: true,
  });
  assert.equal(privileged.stdout, 'mounted\n');
});

test('an init reaps and passes signals on, volumes and tmpfs are where they were asked for', async () => {
  await using place = await openPlace();
  const { stdout } = await place.run(
    [
      'sh',
      '-c',
      'cat /proc/1/cmdline | tr "\\0" " "; echo; cat /data/etc/passwd | head -n 1; touch /data/x 2>&1; mount | head -n 40',
    ],
    {
      init: true,
      mounts: [{ kind: 'bind', source: place.rootfs, destination: '/data', readonly: true }],
      tmpfs: { '/scratch': 'size=1m,exec' },
      ulimits: [{ name: 'nofile', soft: 100, hard: 1_000_000 }],
    },
  );
  assert.match(stdout, /^\/sbin\/docker-init -- sh -c/);
  assert.match(stdout, /root:x:0:0/);
  assert.match(stdout, /touch: \/data\/x: Read-only file system/);
  assert.match(stdout, /tmpfs on \/scratch type tmpfs \(rw,nosuid,nodev,relatime,size=1024k\)/);
});

test('a log that is rotated loses nothing, and reading it goes over all its files', async () => {
  await using place = await openPlace();
  const path = `${place.root}/container.log`;
  const script =
    'i=0; while [ $i -lt 60 ]; do echo "line $i ................................"; sleep 0.05; i=$((i+1)); done';
  const log = { path, maxBytes: 2000, maxFiles: 5 };
  const id = await place.create(['sh', '-c', script], {}, { log });
  const ended = place.ended(id);
  await place.containers.start(id);
  await ended;
  const lines: string[] = [];
  for await (const { bytes } of readLog(path)) lines.push(bytes.toString().split(' ')[1] ?? '');
  assert.deepEqual(
    lines,
    Array.from({ length: 60 }, (_, index) => String(index)),
  );
  assert.ok(existsSync(`${path}.1`));
});

test('files in the exits folder that conmon did not write are no exits, and a wrong pid is never signalled', async () => {
  await using place = await openPlace();
  const told: string[] = [];
  place.containers.onExit((id) => told.push(id));
  const exits = `${place.root}/run/exits`;
  writeFileSync(`${exits}/big`, '1'.repeat(10_000_000));
  writeFileSync(`${exits}/text`, '$(reboot)');
  mkdirSync(`${exits}/folder`);
  const id = await place.create(['sleep', '60']);
  await place.containers.start(id);
  await sleep(100);
  assert.deepEqual(told, []);
  const record = `${place.root}/run/bundles/${id}/container.json`;
  const genuine = readFileSync(record, 'utf8');
  writeFileSync(record, genuine.replace(/"pid":\d+/, `"pid":${process.pid}`));
  assert.equal(place.containers.state(id)?.status, 'stopped');
  assert.throws(() => place.containers.kill(id, 'KILL'), /is not running/);
  writeFileSync(record, genuine);
  assert.equal(place.containers.state(id)?.status, 'running');
});

test('where what the runtime needs cannot be made, neither a folder nor a monitor is left', async () => {
  await using place = await openPlace();
  const spec = () => {
    throw new Error('no network');
  };
  await assert.rejects(place.create(['true'], { id: 'unmade' }, { spec }), /no network/);
  assert.deepEqual(place.containers.list(), []);
  await gone('unmade');
});

test('of a container that an engine was killed over while it was made, the next one leaves nothing', async () => {
  const script = join(import.meta.dirname, 'oci-killed-inside.ts');
  for (const after_ms of [0, 5, 30]) {
    await using place = await openPlace();
    const [runRoot, id] = [join(place.root, 'run'), `killed-${after_ms}-${process.pid}`];
    spawnSync(process.execPath, ['--no-warnings', script, runRoot, place.rootfs, id, String(after_ms)]);
    const next = new Containers({ runtime: place.runtime, runRoot });
    await next.delete(id, { force: true });
    next.close();
    await gone(id);
    const folders = ['bundles', 'exits', 'runtime'].flatMap((name) => readdirSync(join(runRoot, name)));
    const groups = readdirSync('/sys/fs/cgroup').filter((name) =>
      existsSync(join('/sys/fs/cgroup', name, 'pontoon', id)),
    );
    assert.deepEqual([folders, groups], [[], []], `killed after ${after_ms} ms`);
  }
});

/** Until no conmon of that container is in the process table. */
async function gone(id: string): Promise<void> {
  const isMonitor = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(id);
    } catch {
      return false;
    }
  };
  while (readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isMonitor(entry))) await sleep(10);
}
