import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Statistics, unified } from './statistics.ts';

/** As Linux 6.1 writes them for a container with --memory 64m --pids-limit 100 --cpus 0.5. */
const CAPTURED = {
  'cpu.stat':
    'usage_usec 53127\nuser_usec 20011\nsystem_usec 33116\nnr_periods 12\nnr_throttled 3\nthrottled_usec 41007\nnr_bursts 0\nburst_usec 0\n',
  'memory.current': '1310720\n',
  'memory.peak': '2097152\n',
  'memory.max': '67108864\n',
  'memory.events': 'low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 0\n',
  'memory.stat': 'anon 372736\nfile 491520\ninactive_file 81920\nactive_file 409600\n',
  'io.stat':
    '8:0 rbytes=1351680 wbytes=4096 rios=31 wios=1 dbytes=0 dios=0\n259:1 rbytes=512 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n',
  'pids.current': '3\n',
  'pids.max': '100\n',
};

function statisticsOf(files: Record<string, string>): Statistics {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-cgroup-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return unified(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('on cgroup v2 processor, memory and tasks are counted in Docker’s units', () => {
  const { cpu, memory, pids } = statisticsOf(CAPTURED);
  assert.deepEqual([cpu.total_ns, cpu.user_ns, cpu.system_ns], [53_127_000, 20_011_000, 33_116_000]);
  assert.deepEqual([cpu.periods, cpu.throttledPeriods, cpu.throttled_ns], [12, 3, 41_007_000]);
  assert.deepEqual([memory.usage, memory.maxUsage, memory.limit], [1_310_720, 2_097_152, 67_108_864]);
  assert.deepEqual([memory.failures, memory.oomKills, memory.details.inactive_file], [17, 1, 81_920]);
  assert.deepEqual(pids, { current: 3, limit: 100 });
});

test('on cgroup v2 block I/O is told by device and direction', () => {
  const { bytes, operations } = statisticsOf(CAPTURED).blockIo;
  const of = (entries: typeof bytes) =>
    entries.map(({ major, minor, operation, value }) => `${major}:${minor} ${operation} ${value}`);
  assert.deepEqual(of(bytes), ['8:0 read 1351680', '8:0 write 4096', '259:1 read 512', '259:1 write 0']);
  assert.deepEqual(of(operations), ['8:0 read 31', '8:0 write 1', '259:1 read 1', '259:1 write 0']);
});

test('on cgroup v2 a group without limits, or with files missing, has none and counts nothing', () => {
  const { memory, pids, blockIo } = statisticsOf({ 'memory.max': 'max\n', 'pids.max': 'max\n' });
  assert.deepEqual([memory.limit, pids.limit], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  assert.deepEqual([memory.usage, memory.oomKills, pids.current, blockIo.bytes], [0, 0, 0, []]);
});
