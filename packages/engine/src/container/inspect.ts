import type { ContainerInspect, MountPoint } from '@pontoon/api';
import { parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { networkSettings } from '../network/settings.ts';
import type { ContainerRecord } from '../record.ts';
import { findContainer, requireContainer } from './find.ts';
import { hostnamePath, hostsPath, logPath, resolvConfPath } from './places.ts';

/** GET /containers/{id}/json */
export async function inspectContainer(
  engine: Engine,
  ref: string,
  o: { size?: boolean } = {},
): Promise<ContainerInspect> {
  const record = requireContainer(engine, ref);
  const { id } = record;
  const owner = filesOwner(engine, record);
  return {
    ...{ Id: id, Created: record.created, Path: record.path, Args: record.args, State: record.state },
    ...{ Image: record.image, ResolvConfPath: resolvConfPath(engine, owner) },
    ...{ HostnamePath: hostnamePath(engine, owner), HostsPath: hostsPath(engine, owner) },
    ...{ LogPath: logPath(engine, id), Name: `/${record.name}`, RestartCount: record.restartCount },
    ...{ Driver: 'overlay2', Platform: 'linux', MountLabel: '', ProcessLabel: '', AppArmorProfile: '' },
    ExecIDs: execIds(engine, id),
    HostConfig: record.hostConfig,
    GraphDriver: engine.images.graphDriver(id),
    ...(o.size ? await engine.images.sizes(id) : {}),
    ...{ Mounts: mountPoints(record), Config: record.config },
    NetworkSettings: networkSettings(engine, record),
  };
}

/** In container mode hosts, hostname and resolv.conf are the other container's. */
function filesOwner(engine: Engine, { id, hostConfig }: ContainerRecord): string {
  const mode = parseMode(hostConfig.NetworkMode ?? '');
  if (mode.kind !== 'container') return id;
  return findContainer(engine, mode.container)?.id ?? id;
}

function execIds(engine: Engine, containerId: string): string[] | null {
  const ids = [...engine.execs.values()].filter((one) => one.containerId === containerId).map(({ id }) => id);
  return ids.length > 0 ? ids : null;
}

/** As the API tells them, without what only the engine knows. */
export function mountPoints({ mounts }: ContainerRecord): MountPoint[] {
  return mounts.map(({ Type, Name, Source, Destination, Driver, Mode, RW, Propagation }) => ({
    Type,
    ...(Name === undefined ? {} : { Name }),
    ...{ Source, Destination },
    ...(Driver === undefined ? {} : { Driver }),
    ...{ Mode, RW, Propagation },
  }));
}
