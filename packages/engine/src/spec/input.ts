import { hostname as hostName } from 'node:os';
import type { DeviceMapping } from '@pontoon/api';
import { resolveUser } from '@pontoon/images';
import { type DeviceNode, readDevices, type SpecInput } from '@pontoon/oci';
import { hostnamePath, hostsPath, resolvConfPath } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { environmentOf } from './environment.ts';
import { mountsOf, tmpfsOf } from './mounts.ts';
import { namespacesOf } from './namespaces.ts';
import { resourcesOf } from './resources.ts';
import { securityOf } from './security.ts';

export interface Place {
  /** Where the root file system is mounted. */
  rootfs: string;
  /** 'host', or the path of the network namespace. */
  network: string;
  /** Whose hosts, hostname and resolv.conf it sees: its own or, in container mode, the other's. */
  owner: ContainerRecord;
}

/** What the runtime is to make of a record. @throws {Fault} for users, devices and namespaces that are not there */
export function specInput(engine: Engine, record: ContainerRecord, place: Place): SpecInput {
  const { config, hostConfig: host } = record;
  const user = resolveUser(place.rootfs, config.User ?? '', host.GroupAdd ?? []);
  const hostname = hostnameOf(place.owner);
  return {
    id: record.id,
    args: [record.path, ...record.args],
    env: environmentOf(config, hostname, user.home),
    cwd: config.WorkingDir || '/',
    user,
    terminal: config.Tty ?? false,
    ...consoleSize(record),
    rootfs: place.rootfs,
    readonlyRootfs: host.ReadonlyRootfs ?? false,
    hostname,
    domainname: place.owner.config.Domainname ?? '',
    mounts: mountsOf(record.mounts),
    files: filesOf(engine, record, place.owner.id),
    namespaces: { ...namespacesOf(engine, record), network: place.network },
    ...privileges(record),
    devices: (host.Devices ?? []).flatMap(deviceNodes),
    deviceCgroupRules: host.DeviceCgroupRules ?? [],
    resources: resourcesOf(host),
    ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
    sysctls: host.Sysctls ?? {},
    init: host.Init ?? false,
    ...(host.CgroupParent ? { cgroupParent: host.CgroupParent } : {}),
    oomScoreAdj: host.OomScoreAdj ?? 0,
    shmSize: host.ShmSize ?? 0,
    tmpfs: tmpfsOf(host),
    annotations: host.Annotations ?? {},
  };
}

export function hostnameOf(owner: ContainerRecord): string {
  return owner.config.Hostname || hostName();
}

/** Unless the user mounts something of their own there. */
function filesOf(engine: Engine, record: ContainerRecord, owner: string) {
  const files = [
    { source: resolvConfPath(engine, owner), destination: '/etc/resolv.conf' },
    { source: hostnamePath(engine, owner), destination: '/etc/hostname' },
    { source: hostsPath(engine, owner), destination: '/etc/hosts' },
  ];
  return files.filter((file) => record.mounts.every((mount) => mount.Destination !== file.destination));
}

function privileges({ hostConfig: host }: ContainerRecord): Partial<SpecInput> {
  return {
    capabilitiesAdd: host.CapAdd ?? [],
    capabilitiesDrop: host.CapDrop ?? [],
    privileged: host.Privileged ?? false,
    ...(host.MaskedPaths ? { maskedPaths: host.MaskedPaths } : {}),
    ...(host.ReadonlyPaths ? { readonlyPaths: host.ReadonlyPaths } : {}),
    ...securityOf(host.SecurityOpt ?? []),
  };
}

function consoleSize({ hostConfig: { ConsoleSize } }: ContainerRecord): Pick<SpecInput, 'consoleSize'> {
  const [rows = 0, columns = 0] = ConsoleSize ?? [];
  return rows > 0 && columns > 0 ? { consoleSize: { rows, columns } } : {};
}

function deviceNodes({ PathOnHost, PathInContainer, CgroupPermissions }: DeviceMapping): DeviceNode[] {
  return readDevices(PathOnHost, PathInContainer || PathOnHost, CgroupPermissions || 'rwm');
}
