/** Field types of the bodies about containers. */
import type { ContainerCreateBody, ContainerUpdateBody, ExecCreateBody } from '@pontoon/api';
import { checkFields, type FieldType } from './shape.ts';

type Fields = Record<string, FieldType>;

const resources: Fields = {
  ...fields('number', 'CpuShares Memory NanoCpus BlkioWeight CpuPeriod CpuQuota CpuRealtimePeriod'),
  ...fields(
    'number',
    'CpuRealtimeRuntime MemoryReservation MemorySwap MemorySwappiness PidsLimit KernelMemory',
  ),
  ...fields('string', 'CgroupParent CpusetCpus CpusetMems'),
  ...fields('boolean', 'OomKillDisable'),
  ...fields('strings', 'DeviceCgroupRules'),
  ...fields('objects', 'BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps'),
  ...fields('objects', 'BlkioDeviceWriteIOps Devices DeviceRequests Ulimits'),
  ...fields('object', 'RestartPolicy'),
};

const hostConfig: Fields = {
  ...resources,
  ...fields('strings', 'Binds VolumesFrom CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd Links'),
  ...fields('strings', 'SecurityOpt MaskedPaths ReadonlyPaths'),
  ...fields('string', 'ContainerIDFile NetworkMode VolumeDriver CgroupnsMode IpcMode Cgroup PidMode UTSMode'),
  ...fields('string', 'UsernsMode Runtime Isolation'),
  ...fields('object', 'LogConfig PortBindings'),
  ...fields('objects', 'Mounts'),
  ...fields('map', 'Annotations StorageOpt Tmpfs Sysctls'),
  ...fields('boolean', 'AutoRemove Privileged PublishAllPorts ReadonlyRootfs Init'),
  ...fields('number', 'OomScoreAdj ShmSize'),
};

const config: Fields = {
  ...fields('string', 'Hostname Domainname User Image WorkingDir MacAddress StopSignal'),
  ...fields('boolean', 'AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce NetworkDisabled'),
  ...fields('strings', 'Env Cmd Entrypoint OnBuild Shell'),
  ...fields('object', 'ExposedPorts Healthcheck Volumes HostConfig NetworkingConfig'),
  ...fields('map', 'Labels'),
  ...fields('number', 'StopTimeout'),
};

const exec: Fields = {
  ...fields('boolean', 'AttachStdin AttachStdout AttachStderr Tty Privileged'),
  ...fields('strings', 'Env Cmd'),
  ...fields('string', 'DetachKeys User WorkingDir'),
};

function fields(type: FieldType, names: string): Fields {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

/** The same body; a command in one string has become a list, as old clients mean it. */
export function checkCreateBody(sent: ContainerCreateBody): ContainerCreateBody {
  const body = withLists(sent);
  checkFields(body, config, 'ContainerConfigWrapper');
  if (body.HostConfig) checkFields(body.HostConfig, hostConfig, 'HostConfig');
  const { EndpointsConfig: endpoints } = body.NetworkingConfig ?? {};
  if (endpoints)
    checkFields({ EndpointsConfig: endpoints }, { EndpointsConfig: 'object' }, 'NetworkingConfig');
  return body;
}

export function checkUpdateBody(body: ContainerUpdateBody): ContainerUpdateBody {
  checkFields(body, resources, 'UpdateConfig');
  return body;
}

export function checkExecBody(sent: ExecCreateBody): ExecCreateBody {
  const body = withLists(sent);
  checkFields(body, exec, 'ExecOptions');
  return body;
}

function withLists<T extends { Cmd?: unknown; Entrypoint?: unknown }>(body: T): T {
  const lists = { Cmd: listOf(body.Cmd), Entrypoint: listOf(body.Entrypoint) };
  return {
    ...body,
    ...('Cmd' in body && { Cmd: lists.Cmd }),
    ...('Entrypoint' in body && { Entrypoint: lists.Entrypoint }),
  };
}

function listOf(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}
