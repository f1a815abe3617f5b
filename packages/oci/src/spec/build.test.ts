import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSpec } from './build.ts';
import { type HostFacts, hardLimits } from './host.ts';
import type { SpecInput } from './input.ts';

const ALL = ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN'];

const host: HostFacts = {
  ...{ architecture: 'amd64', kernel: '6.1.0-13-amd64', capabilities: ALL, hardLimits: { nofile: 20_000 } },
  ...{ cgroup: 'v1', initPath: '/usr/bin/tini-static' },
  supports: { memory: true, swap: true, swappiness: true, oomControl: true, pids: true, blkioWeight: false },
};

const specOf = (more: Partial<SpecInput> = {}, facts: Partial<HostFacts> = {}) =>
  buildSpec(
    { ...{ id: 'abc', args: ['true'], env: [], cwd: '', user: { uid: 0, gid: 0 }, rootfs: '/r' }, ...more },
    { ...host, ...facts },
  );

const mountAt = (spec: ReturnType<typeof buildSpec>, destination: string) =>
  spec.mounts.filter((mount) => mount.destination === destination);

test('a container gets Docker’s capabilities, as far as the engine has them', () => {
  const { effective, bounding } = specOf().process.capabilities;
  assert.deepEqual(effective, ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW']);
  assert.deepEqual(bounding, effective);
  const changed = specOf({ capabilitiesAdd: ['net_admin'], capabilitiesDrop: ['CAP_KILL'] });
  assert.deepEqual(changed.process.capabilities.bounding, ['CAP_CHOWN', 'CAP_NET_ADMIN', 'CAP_NET_RAW']);
  assert.deepEqual(specOf({ capabilitiesDrop: ['ALL'] }).process.capabilities.bounding, []);
  const allBut = specOf({ capabilitiesAdd: ['ALL'], capabilitiesDrop: ['SYS_ADMIN'] });
  assert.deepEqual(allBut.process.capabilities.bounding, ALL.slice(0, 4));
  assert.throws(() => specOf({ capabilitiesAdd: ['NONSENSE'] }), /unknown capability: "CAP_NONSENSE"/);
});

test('a user other than root holds no capability', () => {
  const { capabilities } = specOf({ user: { uid: 1000, gid: 1000 } }).process;
  assert.equal(capabilities.effective, undefined);
  assert.ok(capabilities.bounding?.includes('CAP_CHOWN'));
});

test('without the right to raise limits none is asked for above the engine’s own', () => {
  const ulimits = [{ name: 'nofile', soft: 1000, hard: 1_000_000 }];
  assert.deepEqual(specOf({ ulimits }).process.rlimits, [
    { type: 'RLIMIT_NOFILE', soft: 1000, hard: 20_000 },
  ]);
  const able = specOf({ ulimits }, { capabilities: [...ALL, 'CAP_SYS_RESOURCE'] });
  assert.equal(able.process.rlimits?.[0]?.hard, 1_000_000);
  assert.deepEqual(hardLimits('Max open files            1024                 20000                files'), {
    nofile: 20_000,
  });
});

test('a mount of the user takes the place of a default one, and parents come before children', () => {
  const spec = specOf({
    mounts: [
      { kind: 'bind', source: '/host/deep', destination: '/a/b', readonly: true },
      { kind: 'bind', source: '/host', destination: '/a' },
      { kind: 'tmpfs', destination: '/dev/shm', options: ['size=1m', 'exec'] },
    ],
  });
  assert.deepEqual(mountAt(spec, '/dev/shm')[0]?.options, ['nosuid', 'nodev', 'size=1m', 'exec']);
  assert.equal(mountAt(spec, '/dev/shm').length, 1);
  const order = spec.mounts.map((mount) => mount.destination);
  assert.ok(order.indexOf('/a') < order.indexOf('/a/b'));
  assert.deepEqual(mountAt(spec, '/a/b')[0]?.options, ['rbind', 'ro', 'rprivate']);
});

test('a read-only root makes the engine’s own files read-only, but not the user’s volumes', () => {
  const spec = specOf({
    readonlyRootfs: true,
    files: [{ source: '/d/hosts', destination: '/etc/hosts' }],
    mounts: [{ kind: 'bind', source: '/v', destination: '/v' }],
  });
  assert.equal(spec.root.readonly, true);
  assert.ok(mountAt(spec, '/etc/hosts')[0]?.options.includes('ro'));
  assert.ok(mountAt(spec, '/v')[0]?.options.includes('rw'));
  assert.ok(!mountAt(spec, '/dev')[0]?.options.includes('ro'));
});

test('privileged lifts confinement: everything the engine may, no filter, nothing masked', () => {
  const spec = specOf({ privileged: true, capabilitiesDrop: ['ALL'] });
  assert.deepEqual(spec.process.capabilities.bounding, ALL);
  assert.equal(spec.linux.seccomp, undefined);
  assert.deepEqual([spec.linux.maskedPaths, spec.linux.readonlyPaths], [[], []]);
  assert.deepEqual(spec.linux.resources.devices, [{ allow: true, access: 'rwm' }]);
  assert.ok(mountAt(spec, '/sys')[0]?.options.includes('rw'));
});

test('the default filter opens with the capabilities, and user profiles are decided by their conditions', () => {
  const allowed = (spec: ReturnType<typeof buildSpec>) =>
    spec.linux.seccomp?.syscalls.flatMap((rule) => rule.names);
  assert.ok(!allowed(specOf())?.includes('mount'));
  assert.ok(allowed(specOf({ capabilitiesAdd: ['SYS_ADMIN'] }))?.includes('mount'));
  const clone3 = specOf().linux.seccomp?.syscalls.find((rule) => rule.names.includes('clone3'));
  assert.deepEqual([clone3?.action, clone3?.errnoRet], ['SCMP_ACT_ERRNO', 38]);
  const profile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [
      { names: ['read'], action: 'SCMP_ACT_ALLOW' },
      { names: ['bpf'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
      { names: ['ptrace'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' } },
      { names: ['write'], action: 'SCMP_ACT_ALLOW', excludes: { arches: ['amd64'] } },
    ],
  };
  const spec = specOf({ seccomp: profile });
  assert.deepEqual(allowed(spec), ['read', 'ptrace']);
  assert.deepEqual(spec.linux.seccomp?.architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']);
});

test('namespaces are the container’s own, the host’s, or another’s by path', () => {
  const types = (spec: ReturnType<typeof buildSpec>) =>
    spec.linux.namespaces.map(({ type, path }) => (path ? `${type}=${path}` : type));
  assert.deepEqual(types(specOf()), ['mount', 'network', 'ipc', 'pid', 'uts']);
  assert.deepEqual(types(specOf({}, { cgroup: 'v2' })), ['mount', 'network', 'ipc', 'pid', 'uts', 'cgroup']);
  const shared = specOf({ namespaces: { network: '/n/1', pid: 'host', uts: 'host' }, hostname: 'x' });
  assert.deepEqual(types(shared), ['mount', 'network=/n/1', 'ipc']);
  assert.equal(shared.hostname, undefined);
  assert.equal(specOf({ namespaces: { network: 'host' } }).linux.sysctl, undefined);
});

test('limits are in the kernel’s units, and what the kernel lacks is left out', () => {
  const resources = { memory: 1 << 20, nanoCpus: 1.5e9, blkioWeight: 500, pidsLimit: 10 };
  const found = specOf({ resources }).linux.resources;
  assert.deepEqual(found.memory, { limit: 1 << 20, swap: 2 << 20 });
  assert.deepEqual(found.cpu, { period: 100_000, quota: 150_000 });
  assert.deepEqual(found.pids, { limit: 10 });
  assert.equal(found.blockIO, undefined);
  const noSwap = { ...host.supports, swap: false, pids: false, blkioWeight: true };
  const other = specOf({ resources }, { supports: noSwap }).linux.resources;
  assert.deepEqual(
    [other.memory, other.pids, other.blockIO],
    [{ limit: 1 << 20 }, undefined, { weight: 500 }],
  );
});

test('what only the older control groups have is not asked of the newer ones', () => {
  const resources = { memory: 1 << 20, memorySwappiness: 10, oomKillDisable: true };
  const older = specOf({ resources }).linux.resources.memory;
  assert.deepEqual(older, { limit: 1 << 20, swap: 2 << 20, swappiness: 10, disableOOMKiller: true });
  const supports = { ...host.supports, swappiness: false, oomControl: false };
  const newer = specOf({ resources }, { cgroup: 'v2', supports }).linux.resources.memory;
  assert.deepEqual(newer, { limit: 1 << 20, swap: 2 << 20 });
});

test('--init runs the command below a static init, and says what to install where there is none', () => {
  const spec = specOf({ init: true });
  assert.deepEqual(spec.process.args, ['/sbin/docker-init', '--', 'true']);
  assert.equal(mountAt(spec, '/sbin/docker-init')[0]?.source, '/usr/bin/tini-static');
  assert.throws(() => specOf({ init: true }, { initPath: undefined }), /install tini/);
});

test('the control group is below the parent that was asked for', () => {
  assert.equal(specOf().linux.cgroupsPath, '/pontoon/abc');
  assert.equal(specOf({ cgroupParent: 'mine/' }).linux.cgroupsPath, '/mine/abc');
});
