import type { HostConfig } from '@pontoon/api';
import { hostFacts, MASKED_PATHS, READONLY_PATHS } from '@pontoon/oci';
import type { EngineOptions } from '../engine.ts';

/** Docker's default for --shm-size. */
const SHM_SIZE = 64 * 1024 * 1024;

/** As inspections show it: with Docker's defaults where the client said nothing. */
export function completeHostConfig(wanted: HostConfig, standard: LogStandard = {}): HostConfig {
  const policy = wanted.RestartPolicy;
  return {
    ...wanted,
    Binds: wanted.Binds ?? null,
    ContainerIDFile: wanted.ContainerIDFile ?? '',
    LogConfig: logConfigOf(wanted, standard),
    NetworkMode: wanted.NetworkMode === 'default' || !wanted.NetworkMode ? 'bridge' : wanted.NetworkMode,
    PortBindings: wanted.PortBindings ?? {},
    RestartPolicy: { Name: policy?.Name || 'no', MaximumRetryCount: policy?.MaximumRetryCount ?? 0 },
    AutoRemove: wanted.AutoRemove ?? false,
    IpcMode: wanted.IpcMode || 'private',
    CgroupnsMode:
      wanted.CgroupnsMode || (hostFacts().cgroup === 'v2' && !wanted.Privileged ? 'private' : 'host'),
    Privileged: wanted.Privileged ?? false,
    PublishAllPorts: wanted.PublishAllPorts ?? false,
    ReadonlyRootfs: wanted.ReadonlyRootfs ?? false,
    ShmSize: wanted.ShmSize || SHM_SIZE,
    Runtime: wanted.Runtime || 'runc',
    MemorySwap: swapOf(wanted),
    // What asks for no limit is shown as none.
    PidsLimit: wanted.PidsLimit && wanted.PidsLimit > 0 ? wanted.PidsLimit : null,
    MemorySwappiness: wanted.MemorySwappiness === -1 ? null : (wanted.MemorySwappiness ?? null),
    MaskedPaths: wanted.MaskedPaths ?? (wanted.Privileged ? null : MASKED_PATHS),
    ReadonlyPaths: wanted.ReadonlyPaths ?? (wanted.Privileged ? null : READONLY_PATHS),
  };
}

type LogStandard = Pick<EngineOptions, 'logDriver' | 'logOptions'>;

/** The daemon's options count for its own driver (moby, daemon/logs.go, mergeAndVerifyLogConfig). */
function logConfigOf({ LogConfig }: HostConfig, { logDriver = 'json-file', logOptions = {} }: LogStandard) {
  const Type = LogConfig?.Type || logDriver;
  return { Type, Config: { ...(Type === logDriver && logOptions), ...LogConfig?.Config } };
}

/** Memory and swap together: twice the memory where only that is given. */
export function swapOf({ Memory = 0, MemorySwap = 0 }: HostConfig): number {
  return Memory > 0 && MemorySwap === 0 ? Memory * 2 : MemorySwap;
}
