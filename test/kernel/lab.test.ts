import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Lab, linkMachines, type Machine, openLab, removeStaleLabs } from '@pontoon/lab';

const node = process.execPath;
const labPath = join(import.meta.dirname, '../../packages/lab/src/index.ts');

async function reaches(from: Machine, address: string): Promise<boolean> {
  const ping = address.includes(':') ? 'ping6' : 'ping';
  return (await from.attempt(['busybox', ping, '-c', '1', '-W', '2', address])).status === 0;
}

const namespacesOf = (name: string): string[] =>
  readdirSync('/run/netns').filter((entry) => entry.startsWith(name));

test('host and outside reach each other, in both families', async () => {
  await using lab = await openLab({ ipv6: true });
  assert.ok(await reaches(lab.host, lab.addresses.outside));
  assert.ok(await reaches(lab.outside, lab.addresses.host));
  assert.ok(await reaches(lab.host, '2001:db8::1'));
});

test('behind a router the outside is one hop further', async () => {
  await using lab = await openLab({ router: true, ipv6: true });
  assert.ok(await reaches(lab.host, lab.addresses.outside));
  assert.ok(await reaches(lab.host, '2001:db8:0:1::2'));
  assert.match(await lab.host.run(['ip', 'route', 'get', lab.addresses.outside]), /via 198\.51\.100\.1/);
});

test('a neighbour has an address of its own, and an uplink may be narrow', async () => {
  await using lab = await openLab({ neighbour: true, mtu: 1400 });
  assert.ok(await reaches(lab.neighbour!, lab.addresses.host));
  assert.ok(await reaches(lab.host, lab.addresses.neighbour));
  assert.match(await lab.host.run(['ip', 'link', 'show', 'uplink0']), /mtu 1400/);
});

test('further machines can be joined to it', async () => {
  await using lab = await openLab();
  const third = await lab.addMachine('third');
  await linkMachines(
    { machine: third, interface: 'eth0', addresses: ['203.0.113.2/24'] },
    { machine: lab.host, interface: 'third0', addresses: ['203.0.113.1/24'] },
  );
  assert.ok(await reaches(lab.host, '203.0.113.2'));
});

test('a command that fails says what it was and what it wrote', async () => {
  await using lab = await openLab();
  await assert.rejects(
    lab.host.run(['ip', 'link', 'show', 'nope']),
    /run "nsenter .* nope": status 1: Device "nope"/,
  );
  assert.equal((await lab.host.attempt(['sh', '-c', 'exit 7'])).status, 7);
  assert.equal((await lab.host.attempt(['sleep', '60'], { timeout_ms: 50 })).status, 137);
});

test('nothing is left after it is closed: no process, mount, namespace or file', async () => {
  const lab = await openLab();
  const mountPoint = join(lab.directory, 'engine/run/mount');
  await lab.host.run(['sh', '-c', `mkdir -p ${mountPoint} && mount -t tmpfs none ${mountPoint}`]);
  const sleeper = lab.host.spawn(['sleep', '600']);
  const ended = once(sleeper, 'exit');
  await lab.close();
  assert.deepEqual((await ended)[1], 'SIGKILL');
  assertGone(lab);
});

function assertGone(lab: Pick<Lab, 'name' | 'directory'>): void {
  assert.deepEqual(namespacesOf(lab.name), []);
  assert.equal(existsSync(lab.directory), false);
}

/** A process that opens a lab, tells about it, and then does what the script says. */
async function inOtherProcess(script: string) {
  const source = `import { openLab } from '${labPath}';
    const lab = await openLab();
    console.log(JSON.stringify({ name: lab.name, directory: lab.directory }));
    ${script}`;
  const child = spawn(node, ['--no-warnings', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { lab: JSON.parse(output.split('\n')[0]!) as Pick<Lab, 'name' | 'directory'>, code, signal };
}

const endings: [title: string, script: string, code: number | null, signal: string | null][] = [
  ['an exception', "throw new Error('on purpose')", 1, null],
  ['process.exit', 'process.exit(3)', 3, null],
  [
    'SIGINT',
    "process.kill(process.pid, 'SIGINT'); await new Promise((resolve) => setTimeout(resolve, 5000))",
    null,
    'SIGINT',
  ],
  [
    'SIGTERM',
    "process.kill(process.pid, 'SIGTERM'); await new Promise((resolve) => setTimeout(resolve, 5000))",
    null,
    'SIGTERM',
  ],
];

for (const [title, script, code, signal] of endings)
  test(`nothing is left after ${title}, and the process ends as it would have`, async () => {
    const other = await inOtherProcess(script);
    assert.deepEqual([other.code, other.signal], [code, signal]);
    assertGone(other.lab);
  });

test('what a killed owner leaves is found and removed later, and nothing of the living', async () => {
  await using living = await openLab();
  const { lab } = await inOtherProcess("process.kill(process.pid, 'SIGKILL')");
  assert.notDeepEqual(namespacesOf(lab.name), []);
  assert.ok(removeStaleLabs().includes(lab.name));
  assertGone(lab);
  assert.ok(await reaches(living.host, living.addresses.outside));
});
