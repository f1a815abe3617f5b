import { isIP } from 'node:net';
import type { HostConfig, RestartPolicy } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { containerCapabilities } from '@pontoon/oci';
import { validateLog } from './log.ts';

/**
 * The rest of HostConfig, with Docker's texts.
 * @throws {Fault} invalid
 */
export function validateHost(host: HostConfig): void {
  validateRestart(host.RestartPolicy, host.AutoRemove ?? false);
  if ((host.ShmSize ?? 0) < 0) throw invalid('SHM size can not be less than 0');
  const score = host.OomScoreAdj ?? 0;
  if (score < -1000 || score > 1000) {
    throw invalid(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  }
  for (const entry of host.ExtraHosts ?? []) validateExtraHost(entry);
  validateLog(host.LogConfig?.Type || 'json-file', host.LogConfig?.Config ?? {});
  validateAbsent(host);
  validateRuntime(host.Runtime ?? '');
  validateSysctls(host);
  containerCapabilities({ capabilitiesAdd: host.CapAdd ?? [], capabilitiesDrop: host.CapDrop ?? [] });
}

/** Also for `update`. */
export function validateRestart(policy: RestartPolicy | undefined, autoRemove: boolean): void {
  const { Name = '', MaximumRetryCount = 0 } = policy ?? {};
  if (!['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(Name)) {
    throw invalid(
      `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  }
  if (MaximumRetryCount !== 0 && Name !== 'on-failure') {
    throw invalid("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (MaximumRetryCount < 0) throw invalid('invalid restart policy: maximum retry count cannot be negative');
  if (autoRemove && Name !== '' && Name !== 'no') {
    throw invalid("can't create 'AutoRemove' container with restart policy");
  }
}

/** `name:address`; `host-gateway` stands for the host. */
function validateExtraHost(entry: string): void {
  const [, name = '', address = ''] = /^([^:=]+)[:=](.*)$/.exec(entry) ?? [];
  if (name === '') throw invalid(`bad format for add-host: "${entry}"`);
  if (address !== 'host-gateway' && isIP(address.replace(/^\[(.*)\]$/, '$1')) === 0) {
    throw invalid(`invalid IP address in add-host: "${address}"`);
  }
}

/** What a single host without plugins, GPUs or quotas cannot give is refused, not left out in silence. */
function validateAbsent({ DeviceRequests, StorageOpt, Isolation = '', VolumeDriver = '' }: HostConfig): void {
  const [request] = DeviceRequests ?? [];
  if (request) {
    const wanted = (request.Capabilities ?? []).map((names) => `[${names.join(' ')}]`).join(' ');
    throw invalid(`could not select device driver "${request.Driver ?? ''}" with capabilities: [${wanted}]`);
  }
  if (Object.keys(StorageOpt ?? {}).length > 0) {
    throw invalid("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  }
  if (!['', 'default'].includes(Isolation)) {
    throw invalid(`Invalid isolation: "${Isolation}" - linux only supports 'default'`);
  }
  if (!['', 'local'].includes(VolumeDriver)) {
    throw invalid(`error looking up volume plugin ${VolumeDriver}: plugin "${VolumeDriver}" not found`);
  }
}

/** The daemon has found the one runtime that works here; the names by which clients ask for the default are fine. */
function validateRuntime(runtime: string): void {
  if (!['', 'runc', 'crun', 'io.containerd.runc.v2'].includes(runtime)) {
    throw invalid(`unknown or invalid runtime name: ${runtime}`);
  }
}

/** In the host's namespace they would be the host's. */
function validateSysctls({ Sysctls, NetworkMode, IpcMode }: HostConfig): void {
  for (const name of Object.keys(Sysctls ?? {})) {
    if (name.startsWith('net.') && NetworkMode === 'host') {
      throw invalid(`sysctl '${name}' not allowed in host network namespace`);
    }
    if (/^(kernel\.(msg|sem|shm)|fs\.mqueue\.)/.test(name)) {
      if (IpcMode === 'host') throw invalid(`sysctl '${name}' not allowed in host ipc namespace`);
    } else if (!name.startsWith('net.')) {
      throw invalid(`sysctl '${name}' is not whitelisted`);
    }
  }
}

function invalid(message: string): Fault {
  return new Fault('invalid', message);
}
