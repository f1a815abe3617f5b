import type { ContainerStats } from '@pontoon/api';
import { humanMemory, humanSize, shortId } from './human.ts';
import type { Row } from './list.ts';

/** One container's use of CPU, memory, network and disk, by the sums of Docker's client. */
export function statsRow(stats: ContainerStats, whole: boolean): Row {
  const used = memoryOf(stats);
  const limit = stats.memory_stats.limit ?? 0;
  const networks = Object.values(stats.networks ?? {});
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  const io = stats.blkio_stats.io_service_bytes_recursive ?? [];
  const bytes = (operation: string) =>
    sum(io.filter(({ op }) => op.toLowerCase() === operation).map(({ value }) => value));
  return {
    ...namesOf(stats, whole),
    CPUPerc: `${cpuPercent(stats).toFixed(2)}%`,
    MemUsage: `${humanMemory(used)} / ${humanMemory(limit)}`,
    MemPerc: `${(limit > 0 ? (used / limit) * 100 : 0).toFixed(2)}%`,
    NetIO: `${humanSize(sum(networks.map((each) => each.rx_bytes)))} / ${humanSize(sum(networks.map((each) => each.tx_bytes)))}`,
    BlockIO: `${humanSize(bytes('read'))} / ${humanSize(bytes('write'))}`,
    PIDs: String(stats.pids_stats.current ?? 0),
  };
}

/** A container that does not run. */
export function emptyStatsRow(stats: ContainerStats, whole: boolean): Row {
  return {
    ...namesOf(stats, whole),
    ...{ CPUPerc: '--', MemUsage: '-- / --', MemPerc: '--', NetIO: '--', BlockIO: '--', PIDs: '--' },
  };
}

function namesOf({ id, name }: ContainerStats, whole: boolean): Row {
  const bare = name.replace(/^\//, '');
  return { ID: whole ? id : shortId(id), Name: bare, Container: bare };
}

/** The share of one CPU since the sample before: two CPUs fully used are 200 %. */
function cpuPercent({ cpu_stats: now, precpu_stats: before }: ContainerStats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = now.online_cpus || now.cpu_usage.percpu_usage?.length || 1;
  return passed > 0 && used > 0 ? (used / passed) * cpus * 100 : 0;
}

/** Without the cache that the kernel can drop: total_inactive_file in cgroup v1, inactive_file in v2. */
function memoryOf({ memory_stats: { usage = 0, stats = {} } }: ContainerStats): number {
  const inactive = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return inactive < usage ? usage - inactive : usage;
}
