import type { Images } from '@pontoon/images';
import type { HostNetwork, Resolvers } from '@pontoon/network';
import type { Containers, Runtime, RuntimeKind } from '@pontoon/oci';
import type { EventBus } from './events/bus.ts';
import type { Live } from './live.ts';
import type { SerialQueues } from './queue.ts';
import type { ExecRecord } from './record.ts';
import type { Store } from './store/store.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, text: string, fields?: Record<string, unknown>) => void;

export interface EngineOptions {
  /** What lasts: store, images, containers' files, volumes. */
  dataRoot: string;
  /** What a reboot may take: sockets, namespaces, bundles, exits, mounts. */
  runRoot: string;
  /** Name of the default bridge's link. */
  bridge: string;
  /** Where networks without a subnet get theirs: `--default-address-pool`. */
  pools: { base: string; size: number }[];
  mtu?: number;
  /** `--dns`, `--dns-search`, `--dns-opt` of the daemon: for containers without their own. */
  dns?: string[];
  dnsSearch?: string[];
  dnsOptions?: string[];
  /** `--bip`: the default bridge's address with its prefix length. */
  bip?: string;
  /** `--icc` of the default bridge. */
  icc?: boolean;
  /** `--ip`: what ports are published on where a request names no address. */
  hostBinding?: string;
  /** `--log-driver`, `--log-opt`: for containers that name none. */
  logDriver?: string;
  logOptions?: Record<string, string>;
  labels?: string[];
  /** `--dns-listen`: where the host asks for names of containers. */
  dnsListen?: { address: string; port: number };
  insecureRegistries?: string[];
  registryMirrors?: string[];
  /** `--default-runtime`; crun where it is installed, if absent. */
  defaultRuntime?: RuntimeKind | undefined;
  debug?: boolean;
  log: Log;
}

/** The parts of a running engine: every verb takes it first. */
export interface Engine {
  /** Lasts as long as the data root: `ID` of /info. */
  readonly id: string;
  readonly options: EngineOptions;
  readonly log: Log;
  readonly store: Store;
  readonly images: Images;
  readonly network: HostNetwork;
  /** The name servers of the containers on user networks. */
  readonly resolvers: Resolvers;
  readonly containers: Containers;
  readonly runtime: Runtime;
  readonly events: EventBus;
  /** Requests on one container (or network) in their order; those on different ones side by side. */
  readonly queues: SerialQueues;
  /** What exists only while this process does, by container. */
  readonly live: Live;
  readonly execs: Map<string, ExecRecord>;
  /** Containers stay. */
  close(): Promise<void>;
}
