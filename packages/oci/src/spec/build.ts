import { Fault } from '@pontoon/fault';
import { chooseCapabilities } from './capabilities.ts';
import { DEFAULT_RULES, type DeviceRule, hostDevices, parseRule } from './devices.ts';
import { type HostFacts, hostFacts } from './host.ts';
import type { DeviceNode, SpecInput, Ulimit, User } from './input.ts';
import { buildMounts, type Mount } from './mounts.ts';
import { type LinuxResources, linuxResources } from './resources.ts';
import { defaultSeccomp, type LinuxSeccomp, resolveSeccomp } from './seccomp.ts';

/** config.json, as far as it is made here: OCI runtime specification 1.0.2, config.md and config-linux.md. */
export interface Spec {
  ociVersion: string;
  process: ProcessSpec;
  root: { path: string; readonly: boolean };
  hostname?: string;
  domainname?: string;
  mounts: Mount[];
  annotations?: Record<string, string>;
  linux: LinuxSpec;
}

export interface ProcessSpec {
  terminal: boolean;
  consoleSize?: { height: number; width: number };
  user: { uid: number; gid: number; additionalGids?: number[] };
  args: string[];
  env: string[];
  cwd: string;
  capabilities: Record<string, string[]>;
  rlimits?: { type: string; soft: number; hard: number }[];
  noNewPrivileges: boolean;
  oomScoreAdj?: number;
  apparmorProfile?: string;
}

interface LinuxSpec {
  namespaces: { type: string; path?: string }[];
  cgroupsPath: string;
  resources: LinuxResources & { devices: DeviceRule[] };
  devices: {
    path: string;
    type: string;
    major: number;
    minor: number;
    fileMode: number;
    uid: number;
    gid: number;
  }[];
  sysctl?: Record<string, string>;
  seccomp?: LinuxSeccomp;
  maskedPaths: string[];
  readonlyPaths: string[];
  rootfsPropagation?: string;
}

/** Docker's lists: places that leak of the host, or would let a container change it. */
export const MASKED_PATHS = [
  ...'asound acpi interrupts kcore keys latency_stats timer_list timer_stats sched_debug scsi'
    .split(' ')
    .map((name) => `/proc/${name}`),
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
export const READONLY_PATHS = 'bus fs irq sys sysrq-trigger'.split(' ').map((name) => `/proc/${name}`);

const INIT = '/sbin/docker-init';

/** The container's config.json, as Docker would make it. Pure, given the facts of the host. */
export function buildSpec(input: SpecInput, host: HostFacts = hostFacts()): Spec {
  const capabilities = containerCapabilities(input, host);
  const devices = [...(input.privileged ? hostDevices() : []), ...(input.devices ?? [])];
  const wanted = input.init ? withInit(input, host) : input;
  const ownName = input.namespaces?.uts !== 'host';
  return {
    ociVersion: '1.0.2',
    process: buildProcess({ ...wanted, capabilities }, host),
    root: { path: input.rootfs, readonly: input.readonlyRootfs ?? false },
    ...(ownName && input.hostname ? { hostname: input.hostname } : {}),
    ...(ownName && input.domainname ? { domainname: input.domainname } : {}),
    mounts: buildMounts(wanted),
    ...(input.annotations ? { annotations: input.annotations } : {}),
    linux: {
      namespaces: namespaces(input, host),
      cgroupsPath: `${input.cgroupParent ? absolute(input.cgroupParent) : '/pontoon'}/${input.id}`,
      resources: { ...linuxResources(input.resources ?? {}, host.supports), devices: rules(input, devices) },
      devices: devices.map(({ access: _, mode, ...node }) => ({ ...node, fileMode: mode })),
      ...(sysctls(input) ?? {}),
      ...(seccomp(input, capabilities, host) ?? {}),
      maskedPaths: input.privileged ? [] : (input.maskedPaths ?? MASKED_PATHS),
      readonlyPaths: input.privileged ? [] : (input.readonlyPaths ?? READONLY_PATHS),
      ...(propagation(input) ?? {}),
    },
  };
}

export interface ProcessInput {
  args: string[];
  env: string[];
  cwd: string;
  user: User;
  terminal?: boolean;
  consoleSize?: { rows: number; columns: number };
  capabilities: string[];
  ulimits?: Ulimit[];
  noNewPrivileges?: boolean;
  oomScoreAdj?: number;
  apparmorProfile?: string;
}

/** `process` of config.json, and the whole of what `exec` hands to the runtime. */
export function buildProcess(input: ProcessInput, host: HostFacts = hostFacts()): ProcessSpec {
  const { uid, gid, additionalGids } = input.user;
  const held = input.capabilities;
  return {
    terminal: input.terminal ?? false,
    ...(input.consoleSize
      ? { consoleSize: { height: input.consoleSize.rows, width: input.consoleSize.columns } }
      : {}),
    user: { uid, gid, ...(additionalGids?.length ? { additionalGids } : {}) },
    args: input.args,
    env: input.env,
    cwd: input.cwd || '/',
    // execve gives a user other than root nothing but the bounding set: capabilities(7).
    capabilities: uid === 0 ? { bounding: held, effective: held, permitted: held } : { bounding: held },
    ...(input.ulimits?.length ? { rlimits: input.ulimits.map((limit) => rlimit(limit, host)) } : {}),
    noNewPrivileges: input.noNewPrivileges ?? false,
    ...(input.oomScoreAdj ? { oomScoreAdj: input.oomScoreAdj } : {}),
    ...(input.apparmorProfile ? { apparmorProfile: input.apparmorProfile } : {}),
  };
}

/** What the container may hold; `exec` gives the same unless it is privileged itself. */
export function containerCapabilities(
  input: Pick<SpecInput, 'capabilitiesAdd' | 'capabilitiesDrop' | 'privileged'>,
  host: HostFacts = hostFacts(),
): string[] {
  return chooseCapabilities(host.capabilities, {
    add: input.capabilitiesAdd,
    drop: input.capabilitiesDrop,
    privileged: input.privileged,
  });
}

/** Raising a hard limit takes CAP_SYS_RESOURCE, which root may lack: setrlimit(2). Without it, as much as there is. */
function rlimit({ name, soft, hard }: Ulimit, host: HostFacts) {
  const most = host.capabilities.includes('CAP_SYS_RESOURCE')
    ? Number.POSITIVE_INFINITY
    : (host.hardLimits[name] ?? Number.POSITIVE_INFINITY);
  const [low, high] = [soft, hard].map((value) => Math.min(value < 0 ? UNLIMITED : value, most));
  return { type: `RLIMIT_${name.toUpperCase()}`, soft: low ?? 0, hard: high ?? 0 };
}

/** RLIM_INFINITY is 2^64-1, which no double holds: this is the largest that is written without an exponent. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

function withInit(input: SpecInput, host: HostFacts): SpecInput {
  if (!host.initPath) {
    const how = 'install tini (Debian: apt-get install tini) so that /usr/bin/tini-static exists';
    throw new Fault('invalid', `exec: "docker-init": executable file not found in $PATH: ${how}`);
  }
  const mount = { kind: 'bind', source: host.initPath, destination: INIT, readonly: true } as const;
  return { ...input, args: [INIT, '--', ...input.args], mounts: [...(input.mounts ?? []), mount] };
}

function namespaces({ namespaces: wanted = {}, privileged }: SpecInput, host: HostFacts) {
  // Docker's default for the cgroup namespace: private on v2 unless privileged, the host's on v1.
  const asked = wanted.cgroup ?? (host.cgroup === 'v2' && !privileged ? 'private' : 'host');
  const cgroup = asked === 'private' ? undefined : asked;
  const all = { network: wanted.network, ipc: wanted.ipc, pid: wanted.pid, uts: wanted.uts, cgroup };
  const others = Object.entries(all).filter(([, value]) => value !== 'host');
  return [{ type: 'mount' }, ...others.map(([type, path]) => (path ? { type, path } : { type }))];
}

function rules(input: SpecInput, devices: DeviceNode[]): DeviceRule[] {
  if (input.privileged) return [{ allow: true, access: 'rwm' }];
  const own = devices.map(({ type, major, minor, access }) => ({ allow: true, type, major, minor, access }));
  return [...DEFAULT_RULES, ...own, ...(input.deviceCgroupRules ?? []).map(parseRule)];
}

/** In a network namespace of its own nobody is harmed by low ports or pings without privilege: Docker's defaults. */
const NETWORK_SYSCTLS = {
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0 2147483647',
};

function sysctls(input: SpecInput): { sysctl: Record<string, string> } | undefined {
  const defaults = input.namespaces?.network === 'host' ? {} : NETWORK_SYSCTLS;
  const sysctl = { ...defaults, ...input.sysctls };
  return Object.keys(sysctl).length > 0 ? { sysctl } : undefined;
}

function seccomp(input: SpecInput, capabilities: string[], host: HostFacts) {
  const wanted = input.seccomp ?? (input.privileged ? 'unconfined' : 'default');
  if (wanted === 'unconfined') return undefined;
  const context = { architecture: host.architecture, kernel: host.kernel, capabilities };
  return { seccomp: wanted === 'default' ? defaultSeccomp(context) : resolveSeccomp(wanted, context) };
}

/** A mount can only pass events on to the host if the root of the container's tree does. */
function propagation({ mounts = [] }: SpecInput): { rootfsPropagation: string } | undefined {
  const wanted = mounts.map((mount) => (mount.kind === 'bind' ? mount.propagation : undefined));
  if (wanted.some((mode) => mode === 'shared' || mode === 'rshared')) return { rootfsPropagation: 'shared' };
  if (wanted.some((mode) => mode === 'slave' || mode === 'rslave')) return { rootfsPropagation: 'slave' };
  return undefined;
}

function absolute(path: string): string {
  return `/${path.replace(/^\/+|\/+$/g, '')}`;
}
