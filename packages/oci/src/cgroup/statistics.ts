import { join } from 'node:path';
import { cgroupMode } from './mode.ts';
import { type CgroupFolders, readLines, readText } from './paths.ts';

/** What the control group has counted; times in nanoseconds, sizes in bytes. */
export interface Statistics {
  cpu: {
    total_ns: number;
    user_ns: number;
    system_ns: number;
    /** v1 only. */
    perCpu_ns: number[];
    periods: number;
    throttledPeriods: number;
    throttled_ns: number;
  };
  memory: {
    usage: number;
    /** v1 only: v2 keeps no peak before Linux 5.19. */
    maxUsage: number;
    /** Infinity without a limit. */
    limit: number;
    failures: number;
    oomKills: number;
    /** memory.stat as it is. */
    details: Record<string, number>;
  };
  blockIo: { bytes: BlockIoEntry[]; operations: BlockIoEntry[] };
  pids: { current: number; limit: number };
}

export interface BlockIoEntry {
  major: number;
  minor: number;
  operation: 'read' | 'write' | 'sync' | 'async' | 'discard' | 'total';
  value: number;
}

export function readStatistics(folders: CgroupFolders): Statistics {
  return cgroupMode() === 'v2' ? unified(folders.of('')) : separate(folders);
}

/** How many processes of the group the kernel has killed for want of memory. */
export function outOfMemoryKills(folders: CgroupFolders): number {
  const file =
    cgroupMode() === 'v2'
      ? join(folders.of(''), 'memory.events')
      : join(folders.of('memory'), 'memory.oom_control');
  return table(file).oom_kill ?? 0;
}

/** Documentation/admin-guide/cgroup-v1/{cpuacct,memory,blkio-controller,pids}.rst */
function separate(folders: CgroupFolders): Statistics {
  const at = (controller: string, file: string) => join(folders.of(controller), file);
  const throttling = table(at('cpu', 'cpu.stat'));
  const split = table(at('cpuacct', 'cpuacct.stat'));
  return {
    cpu: {
      total_ns: number(at('cpuacct', 'cpuacct.usage')),
      user_ns: (split.user ?? 0) * TICK_NS,
      system_ns: (split.system ?? 0) * TICK_NS,
      perCpu_ns: readText(at('cpuacct', 'cpuacct.usage_percpu'))
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number),
      periods: throttling.nr_periods ?? 0,
      throttledPeriods: throttling.nr_throttled ?? 0,
      throttled_ns: throttling.throttled_time ?? 0,
    },
    memory: {
      usage: number(at('memory', 'memory.usage_in_bytes')),
      maxUsage: number(at('memory', 'memory.max_usage_in_bytes')),
      limit: unlimited(number(at('memory', 'memory.limit_in_bytes'))),
      failures: number(at('memory', 'memory.failcnt')),
      oomKills: outOfMemoryKills(folders),
      details: table(at('memory', 'memory.stat')),
    },
    blockIo: {
      bytes: blkio(
        at('blkio', 'blkio.throttle.io_service_bytes_recursive'),
        at('blkio', 'blkio.throttle.io_service_bytes'),
      ),
      operations: blkio(
        at('blkio', 'blkio.throttle.io_serviced_recursive'),
        at('blkio', 'blkio.throttle.io_serviced'),
      ),
    },
    pids: pids(folders.of('pids')),
  };
}

/** Of one folder; Documentation/admin-guide/cgroup-v2.rst */
export function unified(folder: string): Statistics {
  const cpu = table(join(folder, 'cpu.stat'));
  const memory = table(join(folder, 'memory.events'));
  return {
    cpu: {
      total_ns: (cpu.usage_usec ?? 0) * 1000,
      user_ns: (cpu.user_usec ?? 0) * 1000,
      system_ns: (cpu.system_usec ?? 0) * 1000,
      perCpu_ns: [],
      periods: cpu.nr_periods ?? 0,
      throttledPeriods: cpu.nr_throttled ?? 0,
      throttled_ns: (cpu.throttled_usec ?? 0) * 1000,
    },
    memory: {
      usage: number(join(folder, 'memory.current')),
      maxUsage: number(join(folder, 'memory.peak')),
      limit: number(join(folder, 'memory.max')),
      failures: memory.max ?? 0,
      oomKills: memory.oom_kill ?? 0,
      details: table(join(folder, 'memory.stat')),
    },
    blockIo: io(join(folder, 'io.stat')),
    pids: pids(folder),
  };
}

/** USER_HZ is 100 on every architecture that Node runs on: include/asm-generic/param.h */
const TICK_NS = 10_000_000;

/** v1 writes "no limit" as the largest whole number of pages in 63 bits. */
function unlimited(limit: number): number {
  return limit >= 2 ** 62 ? Number.POSITIVE_INFINITY : limit;
}

function pids(folder: string): Statistics['pids'] {
  return { current: number(join(folder, 'pids.current')), limit: number(join(folder, 'pids.max')) };
}

/** `8:0 Read 4096`, and a line with the total of all devices at the end. */
function blkio(...files: string[]): BlockIoEntry[] {
  const lines = files.map(readLines).find((found) => found.length > 0) ?? [];
  return lines.flatMap((line) => {
    const [, major, minor, operation = '', value] = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line) ?? [];
    if (value === undefined) return [];
    const name = operation.toLowerCase() as BlockIoEntry['operation'];
    return [{ major: Number(major), minor: Number(minor), operation: name, value: Number(value) }];
  });
}

/** `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0` */
function io(file: string): Statistics['blockIo'] {
  const bytes: BlockIoEntry[] = [];
  const operations: BlockIoEntry[] = [];
  for (const line of readLines(file)) {
    const [device = '', ...pairs] = line.split(' ');
    const [major = 0, minor = 0] = device.split(':').map(Number);
    const values = Object.fromEntries(pairs.map((pair) => pair.split('=')));
    const entry = (operation: 'read' | 'write', key: string) =>
      ({ major, minor, operation, value: Number(values[key] ?? 0) }) as const;
    bytes.push(entry('read', 'rbytes'), entry('write', 'wbytes'));
    operations.push(entry('read', 'rios'), entry('write', 'wios'));
  }
  return { bytes, operations };
}

/** A file of one number; `max` is no limit. 0 where the file isn't there. */
function number(path: string): number {
  const text = readText(path).trim();
  return text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
}

/** A file of `name value` lines. */
function table(path: string): Record<string, number> {
  return Object.fromEntries(
    readLines(path).map((line) => {
      const [name = '', value] = line.split(' ');
      return [name, Number(value)];
    }),
  );
}
