import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlkioEntry, ContainerStats, CpuStats, InterfaceStats, MemoryStats } from '@pontoon/api';
import type { InterfaceStatistics } from '@pontoon/network';
import type { BlockIoEntry, Statistics } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { hasSandbox, sandboxOf } from '../network/sandbox.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { timestamp } from '../time.ts';
import { findContainer, requireContainer } from './find.ts';

export interface StatsOptions {
  /** One a second, until the container is gone. */
  stream?: boolean;
  /** At once, without the second that the use of CPU is counted over. */
  oneShot?: boolean;
  signal?: AbortSignal | undefined;
}

const INTERVAL_ms = 1000;

/** GET /containers/{id}/stats. @throws {Fault} not-found */
export async function containerStats(
  engine: Engine,
  ref: string,
  o: StatsOptions = {},
): Promise<AsyncIterable<ContainerStats>> {
  return samples(engine, requireContainer(engine, ref).id, o);
}

async function* samples(engine: Engine, id: string, o: StatsOptions): AsyncGenerator<ContainerStats> {
  let previous: ContainerStats | undefined;
  for (let first = true; !o.signal?.aborted; first = false) {
    const record = findContainer(engine, id);
    if (!record) return;
    const sample = sampleOf(engine, record, previous);
    previous = sample;
    // The first of one answer only has nothing before it: another is taken a second later.
    const skipped = first && !o.stream && !o.oneShot && isRunning(record);
    if (!skipped) yield sample;
    if (!o.stream && !skipped) return;
    try {
      await sleep(INTERVAL_ms, undefined, o.signal ? { signal: o.signal } : {});
    } catch {
      return;
    }
  }
}

function sampleOf(
  engine: Engine,
  record: ContainerRecord,
  previous: ContainerStats | undefined,
): ContainerStats {
  const counted = isRunning(record) ? read(engine, record) : undefined;
  return {
    ...{ name: `/${record.name}`, id: record.id },
    read: counted ? timestamp() : '0001-01-01T00:00:00Z',
    preread: previous?.read ?? '0001-01-01T00:00:00Z',
    pids_stats: counted ? pids(counted.statistics) : {},
    blkio_stats: blkio(counted?.statistics),
    ...{ num_procs: 0, storage_stats: {} },
    cpu_stats: cpu(counted?.statistics),
    precpu_stats: previous?.cpu_stats ?? cpu(undefined),
    memory_stats: counted ? memory(counted.statistics) : {},
    ...(counted?.networks ? { networks: counted.networks } : {}),
  };
}

function read(engine: Engine, record: ContainerRecord) {
  try {
    const statistics = engine.containers.statistics(record.id);
    if (!hasSandbox(record) || record.endpoints.length + record.attachments.length === 0)
      return { statistics };
    return { statistics, networks: networks(engine.network.statistics(sandboxOf(engine, record))) };
  } catch (error) {
    // It ended between the two looks.
    engine.log('debug', 'no statistics', { container: record.id, error: String(error) });
    return undefined;
  }
}

function pids({ pids: { current, limit } }: Statistics): ContainerStats['pids_stats'] {
  return { current, ...(Number.isFinite(limit) ? { limit } : {}) };
}

function cpu(counted: Statistics | undefined): CpuStats {
  const none = { periods: 0, throttled_periods: 0, throttled_time: 0 };
  if (!counted) {
    return {
      cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
      throttling_data: none,
    };
  }
  const { cpu: used } = counted;
  return {
    cpu_usage: {
      total_usage: used.total_ns,
      ...(used.perCpu_ns.length > 0 ? { percpu_usage: used.perCpu_ns } : {}),
      ...{ usage_in_kernelmode: used.system_ns, usage_in_usermode: used.user_ns },
    },
    ...{ system_cpu_usage: systemCpu_ns(), online_cpus: availableParallelism() },
    throttling_data: {
      ...{
        periods: used.periods,
        throttled_periods: used.throttledPeriods,
        throttled_time: used.throttled_ns,
      },
    },
  };
}

/** USER_HZ: include/asm-generic/param.h */
const TICK_ns = 10_000_000;

/** All time of all CPUs since boot: the first line of /proc/stat, proc(5), without guests, which are in user time. */
function systemCpu_ns(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) * TICK_ns;
}

function memory({ memory: used }: Statistics): MemoryStats {
  return {
    usage: used.usage,
    ...(used.maxUsage ? { max_usage: used.maxUsage } : {}),
    stats: used.details,
    failcnt: used.failures,
    limit: Number.isFinite(used.limit) ? Math.min(used.limit, totalmem()) : totalmem(),
  };
}

function blkio(counted: Statistics | undefined): ContainerStats['blkio_stats'] {
  const entry = ({ major, minor, operation, value }: BlockIoEntry): BlkioEntry => ({
    major,
    minor,
    op: operation,
    value,
  });
  const list = (entries: BlockIoEntry[] | undefined) => (entries?.length ? entries.map(entry) : null);
  return {
    io_service_bytes_recursive: list(counted?.blockIo.bytes),
    io_serviced_recursive: list(counted?.blockIo.operations),
    ...{ io_queue_recursive: null, io_service_time_recursive: null, io_wait_time_recursive: null },
    ...{ io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null },
  };
}

function networks(links: Record<string, InterfaceStatistics>): Record<string, InterfaceStats> {
  const shown = Object.entries(links).filter(([name]) => name !== 'lo');
  return Object.fromEntries(
    shown.map(([name, link]) => [
      name,
      {
        ...{ rx_bytes: link.rxBytes, rx_packets: link.rxPackets, rx_errors: link.rxErrors },
        ...{ rx_dropped: link.rxDropped, tx_bytes: link.txBytes, tx_packets: link.txPackets },
        ...{ tx_errors: link.txErrors, tx_dropped: link.txDropped },
      },
    ]),
  );
}
