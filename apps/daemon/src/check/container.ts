/** Field types of the bodies about containers. */
import type { ContainerConfig, ContainerCreateBody, ContainerUpdateBody, ExecCreateBody } from '@pontoon/api';
import { endpoint, portBindings } from './network.ts';
import { checkFields, type Field, type Fields, fields } from './shape.ts';

const rates: Field = { items: { Path: 'string', Rate: 'number' } };

const resources: Fields = {
  ...fields('number', 'CpuShares Memory NanoCpus BlkioWeight CpuPeriod CpuQuota CpuRealtimePeriod'),
  ...fields(
    'number',
    'CpuRealtimeRuntime MemoryReservation MemorySwap MemorySwappiness PidsLimit KernelMemory',
  ),
  ...fields('string', 'CgroupParent CpusetCpus CpusetMems'),
  ...fields('boolean', 'OomKillDisable'),
  ...fields('strings', 'DeviceCgroupRules'),
  ...fields(rates, 'BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps'),
  BlkioWeightDevice: { items: { Path: 'string', Weight: 'number' } },
  Devices: { items: fields('string', 'PathOnHost PathInContainer CgroupPermissions') },
  DeviceRequests: {
    items: { Driver: 'string', Count: 'number', DeviceIDs: 'strings', Options: 'map' },
  },
  Ulimits: { items: { Name: 'string', ...fields('number', 'Soft Hard') } },
  RestartPolicy: { fields: { Name: 'string', MaximumRetryCount: 'number' } },
};

const mount: Fields = {
  ...fields('string', 'Target Source Type Consistency'),
  ReadOnly: 'boolean',
  BindOptions: {
    fields: {
      Propagation: 'string',
      ...fields('boolean', 'NonRecursive CreateMountpoint ReadOnlyNonRecursive ReadOnlyForceRecursive'),
    },
  },
  VolumeOptions: {
    fields: {
      ...{ NoCopy: 'boolean', Labels: 'map', Subpath: 'string' },
      DriverConfig: { fields: { Name: 'string', Options: 'map' } },
    },
  },
  ImageOptions: { fields: { Subpath: 'string' } },
  TmpfsOptions: { fields: fields('number', 'SizeBytes Mode') },
};

const hostConfig: Fields = {
  ...resources,
  ...fields('strings', 'Binds VolumesFrom CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd Links'),
  ...fields('strings', 'SecurityOpt MaskedPaths ReadonlyPaths'),
  ...fields('string', 'ContainerIDFile NetworkMode VolumeDriver CgroupnsMode IpcMode Cgroup PidMode UTSMode'),
  ...fields('string', 'UsernsMode Runtime Isolation'),
  LogConfig: { fields: { Type: 'string', Config: 'map' } },
  PortBindings: portBindings,
  Mounts: { items: mount },
  ...fields('map', 'Annotations StorageOpt Tmpfs Sysctls'),
  ...fields('boolean', 'AutoRemove Privileged PublishAllPorts ReadonlyRootfs Init'),
  ...fields('number', 'OomScoreAdj ShmSize'),
};

const config: Fields = {
  ...fields('string', 'Hostname Domainname User Image WorkingDir MacAddress StopSignal'),
  ...fields('boolean', 'AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce NetworkDisabled'),
  ...fields('strings', 'Env Cmd Entrypoint OnBuild Shell'),
  ...fields({ values: 'object' }, 'ExposedPorts Volumes'),
  Healthcheck: {
    fields: { Test: 'strings', ...fields('number', 'Interval Timeout Retries StartPeriod StartInterval') },
  },
  HostConfig: { fields: hostConfig },
  NetworkingConfig: { fields: { EndpointsConfig: { values: endpoint } } },
  ...fields('map', 'Labels'),
  ...fields('number', 'StopTimeout'),
};

const exec: Fields = {
  ...fields('boolean', 'AttachStdin AttachStdout AttachStderr Tty Privileged'),
  ...fields('strings', 'Env Cmd'),
  ...fields('string', 'DetachKeys User WorkingDir'),
};

/** The configuration that a commit changes, alone. */
export function checkConfig(sent: ContainerConfig): ContainerConfig {
  const body = withLists(sent);
  checkFields(body, config, 'Config');
  return body;
}

/** The same body; a command in one string has become a list, as old clients mean it. */
export function checkCreateBody(sent: ContainerCreateBody): ContainerCreateBody {
  const body = withLists(sent);
  checkFields(body, config, 'ContainerConfigWrapper');
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
