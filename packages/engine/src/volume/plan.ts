import type { ContainerConfig, HostConfig, MountRequest } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { ContainerRecord, MountRecord } from '../record.ts';
import { cleanPath, parseBind } from './bind.ts';
import { checkRequest } from './request.ts';
import { checkTmpfs } from './tmpfs.ts';

/** A mount before its volume is there: `name` undefined stands for an anonymous one. */
export interface MountPlan extends MountRecord {
  volume?: { name?: string; labels?: Record<string, string>; options?: Record<string, string> };
}

/**
 * What is to be mounted, one entry a destination. Docker's order of strength: --volumes-from, then -v and --mount, then
 * what the image or `-v /path` declares.
 * @param find a container by its name or id, for --volumes-from
 * @throws {Fault} invalid or not-found
 */
export function planMounts(
  config: ContainerConfig,
  host: HostConfig,
  find: (ref: string) => ContainerRecord,
): MountPlan[] {
  const plan = new Map<string, MountPlan>();
  for (const mount of (host.VolumesFrom ?? []).flatMap((text) => inherited(text, find))) {
    plan.set(mount.Destination, mount);
  }
  const own = [
    ...(host.Binds ?? []).map(fromBind),
    ...(host.Mounts ?? []).map((request) => fromRequest(checkRequest(request))),
  ];
  refuseTwice([...own.map((mount) => mount.Destination), ...Object.keys(host.Tmpfs ?? {}).map(cleanPath)]);
  for (const [path, options] of Object.entries(host.Tmpfs ?? {})) checkTmpfs(path, options);
  for (const mount of own) plan.set(mount.Destination, mount);
  for (const path of Object.keys(config.Volumes ?? {})) {
    const bind = parseBind(path);
    if (!plan.has(bind.destination) && !hasTmpfs(host, bind.destination)) {
      plan.set(bind.destination, volume(bind.destination, { copyUp: true }));
    }
  }
  return [...plan.values()];
}

function hasTmpfs(host: HostConfig, destination: string): boolean {
  return Object.keys(host.Tmpfs ?? {}).some((path) => cleanPath(path) === destination);
}

function refuseTwice(destinations: string[]): void {
  const twice = destinations.find((path, index) => destinations.indexOf(path) !== index);
  if (twice !== undefined) throw new Fault('invalid', `Duplicate mount point: ${twice}`);
}

/** `name[:ro|rw]` */
function inherited(text: string, find: (ref: string) => ContainerRecord): MountPlan[] {
  const [ref = '', mode = ''] = text.split(/:(.*)/s);
  if (!['', 'ro', 'rw', 'z', 'Z'].includes(mode)) throw new Fault('invalid', `invalid mode: ${mode}`);
  return find(ref).mounts.map(({ anonymous: _, ...mount }) => ({
    ...mount,
    copyUp: false,
    ...(mode === 'ro' ? { RW: false, Mode: 'ro' } : {}),
  }));
}

function fromBind(text: string): MountPlan {
  const bind = parseBind(text);
  if (bind.source.startsWith('/')) {
    return {
      Type: 'bind',
      Source: bind.source,
      Destination: bind.destination,
      Mode: bind.mode,
      RW: bind.writable,
      Propagation: bind.propagation || 'rprivate',
    };
  }
  const named = bind.source === '' ? {} : { name: bind.source };
  return volume(bind.destination, {
    ...named,
    // As inspections of Docker's show a volume that was named without a mode.
    mode: bind.mode || 'z',
    writable: bind.writable,
    copyUp: !bind.noCopy,
  });
}

function volume(
  destination: string,
  o: { name?: string; mode?: string; writable?: boolean; copyUp: boolean },
): MountPlan {
  return {
    Type: 'volume',
    Source: '',
    Destination: destination,
    Driver: 'local',
    Mode: o.mode ?? '',
    RW: o.writable ?? true,
    Propagation: '',
    copyUp: o.copyUp,
    volume: o.name === undefined ? {} : { name: o.name },
  };
}

function fromRequest(request: MountRequest): MountPlan {
  const common = { Destination: request.Target, Mode: '', RW: !request.ReadOnly };
  if (request.Type === 'bind') {
    return {
      ...common,
      Type: 'bind',
      Source: cleanPath(request.Source ?? ''),
      Propagation: request.BindOptions?.Propagation || 'rprivate',
      ...(request.BindOptions?.NonRecursive ? { nonRecursive: true } : {}),
    };
  }
  if (request.Type === 'tmpfs') {
    return { ...common, Type: 'tmpfs', Source: '', Propagation: '', options: tmpfsOptions(request) };
  }
  const { NoCopy, Labels, DriverConfig, Subpath } = request.VolumeOptions ?? {};
  return {
    ...volume(request.Target, { writable: !request.ReadOnly, copyUp: !NoCopy }),
    Mode: 'z',
    ...(Subpath ? { subpath: Subpath } : {}),
    volume: {
      ...(request.Source ? { name: request.Source } : {}),
      labels: Labels ?? {},
      options: DriverConfig?.Options ?? {},
    },
  };
}

function tmpfsOptions({ TmpfsOptions, ReadOnly }: MountRequest): string[] {
  const { SizeBytes, Mode, Options } = TmpfsOptions ?? {};
  return [
    ...(ReadOnly ? ['ro'] : []),
    ...(SizeBytes ? [`size=${SizeBytes}`] : []),
    ...(Mode ? [`mode=${Mode.toString(8)}`] : []),
    ...(Options ?? []).map((pair) => pair.join('=')),
  ];
}
