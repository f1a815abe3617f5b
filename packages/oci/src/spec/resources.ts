import type { HostFacts } from './host.ts';

/** Limits in Docker's units; what is absent (or 0, as Docker has it) is not limited. */
export interface Resources {
  /** Bytes. */
  memory?: number;
  /** Bytes, soft. */
  memoryReservation?: number;
  /** Memory and swap together, bytes; -1: no limit. Twice the memory where only that is given. */
  memorySwap?: number;
  /** 0–100; -1 or absent: the kernel's. */
  memorySwappiness?: number;
  oomKillDisable?: boolean;
  /** Billionths of a CPU: `--cpus 1.5` is 1 500 000 000. */
  nanoCpus?: number;
  cpuShares?: number;
  /** Microseconds. */
  cpuPeriod?: number;
  cpuQuota?: number;
  cpuRealtimePeriod?: number;
  cpuRealtimeRuntime?: number;
  /** `0-2,7`. */
  cpusetCpus?: string;
  cpusetMems?: string;
  /** -1: no limit. */
  pidsLimit?: number;
  /** 10–1000. */
  blkioWeight?: number;
  blkioWeightDevice?: { major: number; minor: number; weight: number }[];
  blkioDeviceReadBps?: Throttle[];
  blkioDeviceWriteBps?: Throttle[];
  blkioDeviceReadIOps?: Throttle[];
  blkioDeviceWriteIOps?: Throttle[];
}

/** Bytes or operations a second on one block device. */
export interface Throttle {
  major: number;
  minor: number;
  rate: number;
}

/** `linux.resources` of config.json, less the devices. */
export interface LinuxResources {
  memory?: {
    limit?: number;
    reservation?: number;
    swap?: number;
    swappiness?: number;
    disableOOMKiller?: boolean;
  };
  cpu?: {
    shares?: number;
    quota?: number;
    period?: number;
    realtimeRuntime?: number;
    realtimePeriod?: number;
    cpus?: string;
    mems?: string;
  };
  pids?: { limit: number };
  blockIO?: {
    weight?: number;
    weightDevice?: { major: number; minor: number; weight: number }[];
    throttleReadBpsDevice?: Throttle[];
    throttleWriteBpsDevice?: Throttle[];
    throttleReadIOPSDevice?: Throttle[];
    throttleWriteIOPSDevice?: Throttle[];
  };
}

/** Microseconds: the kernel's default period, against which `--cpus` is counted. */
const CPU_PERIOD = 100_000;

type Support = HostFacts['supports'];

/** What the kernel cannot hold is left out, as Docker does; the engine warns of it from `supports`. */
export function linuxResources(wanted: Resources, supports: Support): LinuxResources {
  return present({
    memory: memory(wanted, supports),
    cpu: cpu(wanted),
    pids: pids(wanted, supports),
    blockIO: blockIo(wanted, supports),
  });
}

function memory(wanted: Resources, supports: Support): LinuxResources['memory'] {
  if (!supports.memory) return undefined;
  const limit = wanted.memory || undefined;
  const swap = wanted.memorySwap || (limit && limit * 2);
  const swappiness = supports.swappiness ? (wanted.memorySwappiness ?? -1) : -1;
  return present({
    limit,
    reservation: wanted.memoryReservation || undefined,
    swap: supports.swap ? swap : undefined,
    swappiness: swappiness < 0 ? undefined : swappiness,
    disableOOMKiller: (supports.oomControl && wanted.oomKillDisable) || undefined,
  });
}

function cpu(wanted: Resources): LinuxResources['cpu'] {
  const counted = wanted.nanoCpus
    ? { period: CPU_PERIOD, quota: Math.round((wanted.nanoCpus * CPU_PERIOD) / 1e9) }
    : { period: wanted.cpuPeriod || undefined, quota: wanted.cpuQuota || undefined };
  return present({
    ...counted,
    shares: wanted.cpuShares || undefined,
    realtimePeriod: wanted.cpuRealtimePeriod || undefined,
    realtimeRuntime: wanted.cpuRealtimeRuntime || undefined,
    cpus: wanted.cpusetCpus || undefined,
    mems: wanted.cpusetMems || undefined,
  });
}

/** PID_MAX_LIMIT of include/linux/threads.h: more tasks than that no system has. */
const ALL_PIDS = 4_194_304;

/** crun writes -1 as it is, which the kernel refuses: no limit is the largest that pids.max takes. */
function pids({ pidsLimit = 0 }: Resources, supports: Support): LinuxResources['pids'] {
  if (pidsLimit === 0 || !supports.pids) return undefined;
  return { limit: pidsLimit < 0 ? ALL_PIDS : pidsLimit };
}

function blockIo(wanted: Resources, supports: Support): LinuxResources['blockIO'] {
  return present({
    weight: supports.blkioWeight ? wanted.blkioWeight || undefined : undefined,
    weightDevice: supports.blkioWeight ? some(wanted.blkioWeightDevice) : undefined,
    throttleReadBpsDevice: some(wanted.blkioDeviceReadBps),
    throttleWriteBpsDevice: some(wanted.blkioDeviceWriteBps),
    throttleReadIOPSDevice: some(wanted.blkioDeviceReadIOps),
    throttleWriteIOPSDevice: some(wanted.blkioDeviceWriteIOps),
  });
}

function some<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}

/** The object without its undefined members; undefined where none is left, except at the top. */
function present<T extends object>(object: T): T {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && !(isPlain(value) && Object.keys(value).length === 0),
  );
  return Object.fromEntries(entries) as T;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
