import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Resources } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { HostFacts } from '@pontoon/oci';

const MINIMUM_MEMORY = 6 * 1024 * 1024;

type Support = HostFacts['supports'];

/**
 * Limits as they can be; texts and order as Docker's (moby, daemon/daemon_unix.go, verifyPlatformContainerResources).
 * @returns warnings: what the kernel can't hold and is left out
 * @throws {Fault} invalid
 */
export function validateResources(
  wanted: Resources,
  supports: Support,
  cpus = availableParallelism(),
): string[] {
  const warnings = [...validateMemory(wanted, supports)];
  validateCpu(wanted, cpus);
  validateBlockIo(wanted);
  if (wanted.PidsLimit && wanted.PidsLimit > 0 && !supports.pids) {
    warnings.push(
      'Your kernel does not support pids limit capabilities or the cgroup is not mounted. PIDs limit discarded.',
    );
  }
  if (wanted.BlkioWeight && !supports.blkioWeight) {
    warnings.push(
      'Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.',
    );
  }
  return warnings;
}

function validateMemory(wanted: Resources, supports: Support): string[] {
  const { Memory = 0, MemorySwap = 0, MemoryReservation = 0 } = wanted;
  if (Memory !== 0 && Memory < MINIMUM_MEMORY) throw invalid('Minimum memory limit allowed is 6MB');
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory) {
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage');
  }
  if (Memory === 0 && MemorySwap > 0) {
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  }
  const swappiness = wanted.MemorySwappiness ?? -1;
  if (swappiness < -1 || swappiness > 100) {
    throw invalid(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
  }
  if (MemoryReservation > 0 && MemoryReservation < MINIMUM_MEMORY) {
    throw invalid('Minimum memory reservation allowed is 6MB');
  }
  if (Memory > 0 && MemoryReservation > 0 && Memory < MemoryReservation) {
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  }
  return [...memoryWarnings(wanted, supports), ...legacyWarnings(wanted, swappiness, supports)];
}

/** What cgroup v2 has no files for. */
function legacyWarnings({ OomKillDisable }: Resources, swappiness: number, supports: Support): string[] {
  const warnings: string[] = [];
  if (swappiness !== -1 && !supports.swappiness) {
    warnings.push(
      'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.',
    );
  }
  if (OomKillDisable && !supports.oomControl) {
    warnings.push('Your kernel does not support OomKillDisable. OomKillDisable discarded.');
  }
  return warnings;
}

function memoryWarnings({ Memory = 0, MemorySwap = 0 }: Resources, supports: Support): string[] {
  if (Memory > 0 && !supports.memory) {
    return [
      'Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.',
    ];
  }
  if (Memory > 0 && MemorySwap !== -1 && !supports.swap) {
    return [
      'Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.',
    ];
  }
  return [];
}

function validateCpu(wanted: Resources, cpus: number): void {
  const { NanoCpus = 0, CpuPeriod = 0, CpuQuota = 0 } = wanted;
  if (NanoCpus > 0 && CpuPeriod > 0) {
    throw invalid('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  }
  if (NanoCpus > 0 && CpuQuota > 0) {
    throw invalid('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  }
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9) {
    throw invalid(`range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`);
  }
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000)) {
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  }
  if (CpuQuota > 0 && CpuQuota < 1000) throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  validateSet('cpus', 'CPUs', wanted.CpusetCpus ?? '', cpus);
  validateSet('mems', 'memory nodes', wanted.CpusetMems ?? '', memoryNodes());
}

/** NUMA nodes by the highest number online; a kernel without NUMA has node 0 alone. */
function memoryNodes(): number {
  try {
    const online = readFileSync('/sys/devices/system/node/online', 'utf8').trim();
    return Number(online.split(/[-,]/).at(-1)) + 1;
  } catch {
    return 1;
  }
}

/** `0-2,7`: cpuset(7), "List format". */
function validateSet(name: string, things: string, text: string, count: number): void {
  if (text === '') return;
  const ranges = text.split(',').map((part) => /^(\d+)(?:-(\d+))?$/.exec(part.trim()));
  const highest = ranges.map((match) => Number(match?.[2] ?? match?.[1] ?? Number.NaN));
  if (highest.some(Number.isNaN)) {
    throw invalid(`Invalid value ${text} for cpuset ${name}: invalid format: ${text}`);
  }
  if (highest.some((number) => number >= count)) {
    const available = count === 1 ? '0' : `0-${count - 1}`;
    throw invalid(`Requested ${things} are not available - requested ${text}, available: ${available}`);
  }
}

function validateBlockIo(wanted: Resources): void {
  const { BlkioWeight = 0 } = wanted;
  if (BlkioWeight !== 0 && (BlkioWeight < 10 || BlkioWeight > 1000)) {
    throw invalid('Range of blkio weight is from 10 to 1000');
  }
}

function invalid(message: string): Fault {
  return new Fault('invalid', message);
}
