import type {
  ContainerConfig,
  ContainerState,
  ContainerStatus,
  EndpointSettings,
  ExecCreateBody,
  HostConfig,
  Ipam,
  MountPoint,
} from '@pontoon/api';
import type { Attachment, EndpointIntent, NetworkIntent } from '@pontoon/network';

/** Go's zero time, Docker's way to say never. */
export const NEVER = '0001-01-01T00:00:00Z';

/** All that is kept of a container. Times are RFC 3339 with nanoseconds. */
export interface ContainerRecord {
  /** 64 hex digits. */
  id: string;
  /** Without the leading slash. */
  name: string;
  created: string;
  /** The image's id, with `sha256:`. */
  image: string;
  /** What was asked for, completed from the image; `Image` is the reference as it was given. */
  config: ContainerConfig;
  hostConfig: HostConfig;
  /** The command: entrypoint and arguments joined. */
  path: string;
  args: string[];
  state: ContainerState;
  restartCount: number;
  /** By stop or kill: `unless-stopped` heeds it, also at the next boot. */
  stoppedByUser: boolean;
  mounts: MountRecord[];
  /** The networks that it is, or at its next start will be, connected to; in the order they were asked for. */
  networks: ConnectionRecord[];
  /** What the kernel holds, or is about to, for `networks`: only between start and end. */
  endpoints: EndpointIntent[];
  attachments: Attachment[];
}

/** A mount of a container and what Docker's `MountPoint` does not tell. */
export interface MountRecord extends MountPoint {
  /** A volume made for this container alone, and removed with it by `rm --volumes`. */
  anonymous?: boolean;
  /** Fill the volume, while it is empty, with what the image has at the destination. */
  copyUp?: boolean;
  nonRecursive?: boolean;
  /** Of a tmpfs: mount options. */
  options?: string[];
  /** Of a volume: the part of it that is mounted. */
  subpath?: string;
}

export interface ConnectionRecord {
  networkId: string;
  /** As the client asked, validated; nothing in it that the engine chose. */
  settings: EndpointSettings;
}

/** All that is kept of a network. */
export interface NetworkRecord {
  id: string;
  name: string;
  created: string;
  /** Docker's: `null` is the driver of `none`. */
  driver: 'bridge' | 'host' | 'null' | 'macvlan' | 'ipvlan';
  /** What the kernel ought to hold; absent for `host` and `none`. */
  intent?: NetworkIntent;
  ipam: Ipam;
  enableIPv4: boolean;
  enableIPv6: boolean;
  internal: boolean;
  attachable: boolean;
  /** Settings for others to be made from; no network of its own. */
  configOnly?: boolean;
  /** The name of the configuration that it was made from. */
  configFrom?: string;
  options: Record<string, string>;
  labels: Record<string, string>;
}

export interface VolumeRecord {
  name: string;
  created: string;
  labels: Record<string, string>;
  options: Record<string, string>;
  /** Made for a container that named none. */
  anonymous: boolean;
}

/** A further process in a container; kept in memory, since it ends with the daemon's connection to it. */
export interface ExecRecord {
  id: string;
  containerId: string;
  body: ExecCreateBody;
  started: boolean;
  running: boolean;
  pid: number;
  exitCode: number | null;
}

/** Has it a process, paused or not? */
export function isRunning(record: ContainerRecord): boolean {
  return record.state.Status === 'running' || record.state.Status === 'paused';
}

/** Docker tells the status in one word and in five flags: they change together here. */
export function setStatus(record: ContainerRecord, status: ContainerStatus): void {
  record.state.Status = status;
  record.state.Running = status === 'running' || status === 'paused' || status === 'restarting';
  record.state.Paused = status === 'paused';
  record.state.Restarting = status === 'restarting';
  record.state.Dead = status === 'dead';
}
