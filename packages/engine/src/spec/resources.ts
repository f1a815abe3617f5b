import type { Resources as Limits, ThrottleDevice } from '@pontoon/api';
import { blockDevice, type Resources, type Throttle } from '@pontoon/oci';

/** HostConfig's limits in the runtime's terms. @throws {Fault} invalid, for a device that is none */
export function resourcesOf(limits: Limits): Resources {
  const wanted: { [K in keyof Resources]: Resources[K] | null } = {
    memory: limits.Memory,
    memoryReservation: limits.MemoryReservation,
    memorySwap: limits.MemorySwap,
    memorySwappiness: limits.MemorySwappiness,
    oomKillDisable: limits.OomKillDisable,
    nanoCpus: limits.NanoCpus,
    cpuShares: limits.CpuShares,
    cpuPeriod: limits.CpuPeriod,
    cpuQuota: limits.CpuQuota,
    cpuRealtimePeriod: limits.CpuRealtimePeriod,
    cpuRealtimeRuntime: limits.CpuRealtimeRuntime,
    cpusetCpus: limits.CpusetCpus,
    cpusetMems: limits.CpusetMems,
    pidsLimit: limits.PidsLimit,
    blkioWeight: limits.BlkioWeight,
    blkioWeightDevice: limits.BlkioWeightDevice?.map(({ Path, Weight }) => ({
      ...blockDevice(Path),
      weight: Weight,
    })),
    blkioDeviceReadBps: throttles(limits.BlkioDeviceReadBps),
    blkioDeviceWriteBps: throttles(limits.BlkioDeviceWriteBps),
    blkioDeviceReadIOps: throttles(limits.BlkioDeviceReadIOps),
    blkioDeviceWriteIOps: throttles(limits.BlkioDeviceWriteIOps),
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given) as Resources;
}

function throttles(devices: ThrottleDevice[] | null | undefined): Throttle[] | undefined {
  return devices?.map(({ Path, Rate }) => ({ ...blockDevice(Path), rate: Rate }));
}
