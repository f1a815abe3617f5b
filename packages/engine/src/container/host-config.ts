import type { HostConfig } from '@pontoon/api';
import { hostFacts } from '@pontoon/oci';

/** Docker's default for --shm-size. */
const SHM_SIZE = 64 * 1024 * 1024;

/** As inspections show it: with Docker's defaults where the client said nothing. */
export function completeHostConfig(wanted: HostConfig): HostConfig {
  const policy = wanted.RestartPolicy;
  return {
    ...wanted,
    Binds: wanted.Binds ?? null,
    ContainerIDFile: wanted.ContainerIDFile ?? '',
    LogConfig: { Type: wanted.LogConfig?.Type || 'json-file', Config: wanted.LogConfig?.Config ?? {} },
    NetworkMode: wanted.NetworkMode === 'default' || !wanted.NetworkMode ? 'bridge' : wanted.NetworkMode,
    PortBindings: wanted.PortBindings ?? {},
    RestartPolicy: { Name: policy?.Name || 'no', MaximumRetryCount: policy?.MaximumRetryCount ?? 0 },
    AutoRemove: wanted.AutoRemove ?? false,
    IpcMode: wanted.IpcMode || 'private',
    CgroupnsMode: wanted.CgroupnsMode || (hostFacts().cgroup === 'v2' ? 'private' : 'host'),
    Privileged: wanted.Privileged ?? false,
    PublishAllPorts: wanted.PublishAllPorts ?? false,
    ReadonlyRootfs: wanted.ReadonlyRootfs ?? false,
    ShmSize: wanted.ShmSize || SHM_SIZE,
    Runtime: wanted.Runtime || 'runc',
    MemorySwap: swapOf(wanted),
  };
}

/** Memory and swap together: twice the memory where only that is given. */
export function swapOf({ Memory = 0, MemorySwap = 0 }: HostConfig): number {
  return Memory > 0 && MemorySwap === 0 ? Memory * 2 : MemorySwap;
}
