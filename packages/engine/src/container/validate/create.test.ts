import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateModes } from './modes.ts';
import { validateResources } from './resources.ts';

const all = {
  ...{ memory: true, swap: true, swappiness: true, oomControl: true, pids: true, blkioWeight: true },
};

test('limits that cannot be are refused in Docker’s words', () => {
  assert.throws(() => validateResources({ Memory: 4096 }, all), /Minimum memory limit allowed is 6MB/);
  assert.throws(() => validateResources({ NanoCpus: 3e9 }, all, 2), /there are only 2 CPUs available/);
  assert.throws(() => validateResources({ CpusetCpus: '0-7' }, all, 2), /requested 0-7, available: 0-1/);
  assert.throws(() => validateResources({ CpusetCpus: 'x' }, all, 2), /Invalid value x for cpuset cpus/);
  assert.throws(() => validateResources({ BlkioWeight: 5 }, all), /from 10 to 1000/);
});

test('a limit that the kernel cannot hold is a warning', () => {
  const [warning] = validateResources({ Memory: 64 << 20 }, { ...all, swap: false });
  assert.match(warning ?? '', /Memory limited without swap/);
  const older = { MemorySwappiness: 10, OomKillDisable: true };
  const newer = validateResources(older, { ...all, swappiness: false, oomControl: false });
  assert.match(newer.join(' '), /Memory swappiness discarded\. .*OomKillDisable discarded\./);
});

test('what belongs to the owner of the namespace cannot be asked for in container mode', () => {
  const joined = { NetworkMode: 'container:abc' };
  assert.throws(() => validateModes({ Hostname: 'x', HostConfig: joined }), /hostname and the network mode/);
  assert.throws(
    () => validateModes({ HostConfig: { ...joined, Dns: ['1.1.1.1'] } }),
    /dns and the network mode/,
  );
  const published = { ...joined, PortBindings: { '80/tcp': [] } };
  assert.throws(() => validateModes({ HostConfig: published }), /port publishing and the container type/);
});

test('ports published in host mode are discarded, with a warning', () => {
  const host = { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '80' }] } };
  assert.deepEqual(validateModes({ HostConfig: host }), [
    'Published ports are discarded when using host network mode',
  ]);
});
