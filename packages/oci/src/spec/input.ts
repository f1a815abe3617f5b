import type { Resources } from './resources.ts';
import type { SeccompProfile } from './seccomp.ts';

/** What a container is to be, in the words of the OCI runtime specification; `buildSpec` makes config.json of it. */
export interface SpecInput {
  id: string;
  args: string[];
  /** `NAME=value`, in the order wanted. */
  env: string[];
  cwd: string;
  user: User;
  terminal?: boolean;
  consoleSize?: { rows: number; columns: number };
  /** Absolute path of the root file system on the host. */
  rootfs: string;
  readonlyRootfs?: boolean;
  hostname?: string;
  domainname?: string;
  /** Mounts that the user asked for; one at the destination of a default mount takes its place. */
  mounts?: MountInput[];
  /** Files that the engine keeps for the container (`/etc/hosts`, …); read-only where the root file system is. */
  files?: { source: string; destination: string }[];
  namespaces?: Namespaces;
  capabilitiesAdd?: string[];
  capabilitiesDrop?: string[];
  privileged?: boolean;
  seccomp?: 'default' | 'unconfined' | SeccompProfile;
  apparmorProfile?: string;
  /** Replace Docker's own list; `[]` masks nothing (`systempaths=unconfined`). */
  maskedPaths?: string[];
  readonlyPaths?: string[];
  devices?: DeviceNode[];
  /** `c 1:3 rwm` and the like: `--device-cgroup-rule`. */
  deviceCgroupRules?: string[];
  resources?: Resources;
  ulimits?: Ulimit[];
  sysctls?: Record<string, string>;
  /** Run the command below a small init that reaps (`--init`). */
  init?: boolean;
  cgroupParent?: string;
  oomScoreAdj?: number;
  /** Bytes; 64 MiB where absent. */
  shmSize?: number;
  /** Destination to mount options: `--tmpfs /run:size=64m`. */
  tmpfs?: Record<string, string>;
  noNewPrivileges?: boolean;
  annotations?: Record<string, string>;
}

export interface User {
  uid: number;
  gid: number;
  additionalGids?: number[];
}

/** A namespace is the container's own where absent, the host's for 'host', else the one pinned at that path. */
export interface Namespaces {
  network?: string;
  ipc?: string;
  pid?: string;
  uts?: string;
  /** `private` is its own also where Docker's default is the host's: on cgroup v1. */
  cgroup?: string;
  /** Directory to bind on /dev/shm, where the ipc namespace is another container's; `none` leaves /dev/shm out. */
  shm?: string;
}

export type MountInput =
  | {
      kind: 'bind';
      source: string;
      destination: string;
      readonly?: boolean;
      /** rprivate where absent. */
      propagation?: string;
      nonRecursive?: boolean;
    }
  | { kind: 'tmpfs'; destination: string; options?: string[] };

export interface Ulimit {
  /** As in `--ulimit`: `nofile`, `nproc`, … */
  name: string;
  soft: number;
  hard: number;
}

/** A device node to make in the container, and what the device cgroup lets it do. */
export interface DeviceNode {
  path: string;
  type: 'c' | 'b';
  major: number;
  minor: number;
  mode: number;
  uid: number;
  gid: number;
  /** Some of `rwm`. */
  access: string;
}
