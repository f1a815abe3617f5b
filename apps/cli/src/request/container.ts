import { readFileSync } from 'node:fs';
import type { ContainerConfig, ContainerCreateBody, HealthConfig, HostConfig } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { ValuesOf } from '../flags/flag.ts';
import type { containerFlags } from './container-flags.ts';
import { readEnvironment, readLabels, reason } from './environment.ts';
import { readRestart } from './limits.ts';
import { readTmpfs, readVolumes } from './mounts.ts';
import { checkMac, readEndpoints } from './networks.ts';
import { readPorts } from './ports.ts';

type Values = ValuesOf<typeof containerFlags>;

export interface ContainerWish {
  values: Values;
  given: Set<string>;
  image: string;
  command: string[];
  /** Rows and columns of the caller's terminal. */
  consoleSize?: [number, number];
}

/** The body of POST /containers/create that a command line stands for. Texts of Faults are those of Docker's client. */
export function containerBody(wish: ContainerWish, attached: Attached): ContainerCreateBody {
  const { values } = wish;
  checkConflicts(values);
  const ports = readPorts(values.publish, values.expose);
  const { binds, volumes } = readVolumes(values.volume);
  return {
    ...configOf(wish, attached),
    ExposedPorts: ports.exposed,
    Volumes: volumes,
    HostConfig: {
      ...hostConfigOf(wish),
      PortBindings: ports.bindings,
      Binds: binds.length > 0 ? binds : null,
    },
    NetworkingConfig: { EndpointsConfig: endpointsOf(values) },
  };
}

/** Which of the process's streams the caller is attached to. */
export interface Attached {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
}

/** None where detached; those of `-a`; else output, and input with `-i`. */
export function attachedStreams(values: Pick<Values, 'attach' | 'interactive'>, detach: boolean): Attached {
  if (detach) return { stdin: false, stdout: false, stderr: false };
  const chosen = values.attach.map((stream) => stream.toLowerCase());
  if (chosen.length === 0) return { stdin: values.interactive, stdout: true, stderr: true };
  const has = (stream: string) => chosen.includes(stream);
  return { stdin: has('stdin'), stdout: has('stdout'), stderr: has('stderr') };
}

function checkConflicts(values: Values): void {
  const restart = values.restart ?? '';
  if (values.rm && restart !== '' && restart !== 'no')
    invalid('conflicting options: cannot specify both --restart and --rm');
  if (values.pid && !['host'].includes(values.pid) && !values.pid.startsWith('container:'))
    invalid('--pid: invalid PID mode');
  if (values.uts && values.uts !== 'host') invalid('--uts: invalid UTS mode');
  if (values.userns && values.userns !== 'host') invalid('--userns: invalid USER mode');
  if (!['', 'host', 'private'].includes(values.cgroupns ?? '')) invalid('--cgroupns: invalid CGROUP mode');
  if ((values['health-retries'] ?? 0) < 0) invalid('--health-retries cannot be negative');
  const swappiness = values['memory-swappiness'] ?? -1;
  if (swappiness < -1 || swappiness > 100)
    invalid(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  if (values['log-driver'] === 'none' && values['log-opt'].length > 0)
    invalid(`invalid logging opts for driver none`);
  const pull = values.pull ?? 'missing';
  if (!['always', 'missing', 'never', ''].includes(pull))
    invalid(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
}

function configOf({ values, given, image, command }: ContainerWish, attached: Attached): ContainerConfig {
  return {
    Image: image,
    Cmd: command.length > 0 ? command : null,
    Entrypoint: entrypointOf(values.entrypoint),
    Hostname: values.hostname ?? '',
    Domainname: values.domainname ?? '',
    User: values.user ?? '',
    WorkingDir: values.workdir ?? '',
    AttachStdin: attached.stdin,
    AttachStdout: attached.stdout,
    AttachStderr: attached.stderr,
    Tty: values.tty,
    OpenStdin: values.interactive,
    StdinOnce: values.interactive && attached.stdin,
    Env: readEnvironment(values['env-file'], values.env),
    Labels: readLabels(values['label-file'], values.label),
    ...(values['mac-address'] ? { MacAddress: checkMac(values['mac-address']) } : {}),
    ...(values['stop-signal'] ? { StopSignal: values['stop-signal'] } : {}),
    ...(given.has('stop-timeout') ? { StopTimeout: values['stop-timeout'] } : {}),
    ...healthOf(values, given),
  };
}

function entrypointOf(entrypoint: string | undefined): string[] | null {
  if (entrypoint === undefined) return null;
  return [entrypoint]; // [''] says "none, not even the image's"
}

function healthOf(values: Values, given: Set<string>): { Healthcheck?: HealthConfig } {
  const wished = [...given].some((name) => name.startsWith('health-'));
  if (values['no-healthcheck'] && wished) invalid('--no-healthcheck conflicts with --health-* options');
  if (values['no-healthcheck']) return { Healthcheck: { Test: ['NONE'] } };
  if (!wished) return {};
  return {
    Healthcheck: {
      ...(values['health-cmd'] ? { Test: ['CMD-SHELL', values['health-cmd']] } : {}),
      Interval: values['health-interval'] ?? 0,
      Timeout: values['health-timeout'] ?? 0,
      StartPeriod: values['health-start-period'] ?? 0,
      StartInterval: values['health-start-interval'] ?? 0,
      Retries: values['health-retries'] ?? 0,
    },
  };
}

function hostConfigOf(wish: ContainerWish): HostConfig {
  const { values, given, consoleSize } = wish;
  return {
    NetworkMode: values.network[0]?.target ?? 'default',
    PublishAllPorts: values['publish-all'],
    AutoRemove: values.rm,
    RestartPolicy: readRestart(values.restart ?? 'no'),
    LogConfig: { Type: values['log-driver'] ?? '', Config: pairs(values['log-opt'], 'invalid log option') },
    ConsoleSize: consoleSize ?? [0, 0],
    Annotations: values.annotation,
    ContainerIDFile: values.cidfile ?? '',
    ...namesOf(values),
    ...resourcesOf(values, given),
    ...isolationOf(values, given),
    ...storageOf(values),
  };
}

function namesOf(values: Values): HostConfig {
  return {
    Dns: values.dns,
    DnsOptions: values['dns-option'],
    DnsSearch: values['dns-search'].filter((domain) => domain !== '.'),
    ExtraHosts: values['add-host'].map((host) => host.replace(/^([^:=]+)[:=]\[?([^\]]*)\]?$/, '$1:$2')),
    Links: values.link,
  };
}

function resourcesOf(values: Values, given: Set<string>): HostConfig {
  return {
    CpuShares: values['cpu-shares'] ?? 0,
    Memory: values.memory ?? 0,
    MemoryReservation: values['memory-reservation'] ?? 0,
    MemorySwap: values['memory-swap'] ?? 0,
    MemorySwappiness: values['memory-swappiness'] ?? -1,
    NanoCpus: values.cpus ?? 0,
    CpuPeriod: values['cpu-period'] ?? 0,
    CpuQuota: values['cpu-quota'] ?? 0,
    CpuRealtimePeriod: values['cpu-rt-period'] ?? 0,
    CpuRealtimeRuntime: values['cpu-rt-runtime'] ?? 0,
    CpusetCpus: values['cpuset-cpus'] ?? '',
    CpusetMems: values['cpuset-mems'] ?? '',
    CgroupParent: values['cgroup-parent'] ?? '',
    BlkioWeight: values['blkio-weight'] ?? 0,
    BlkioWeightDevice: values['blkio-weight-device'],
    BlkioDeviceReadBps: values['device-read-bps'],
    BlkioDeviceWriteBps: values['device-write-bps'],
    BlkioDeviceReadIOps: values['device-read-iops'],
    BlkioDeviceWriteIOps: values['device-write-iops'],
    OomKillDisable: values['oom-kill-disable'],
    OomScoreAdj: values['oom-score-adj'] ?? 0,
    ShmSize: values['shm-size'] ?? 0,
    Ulimits: values.ulimit,
    ...(given.has('pids-limit') ? { PidsLimit: values['pids-limit'] } : {}),
  };
}

function isolationOf(values: Values, given: Set<string>): HostConfig {
  return {
    Privileged: values.privileged,
    CapAdd: values['cap-add'],
    CapDrop: values['cap-drop'],
    GroupAdd: values['group-add'],
    CgroupnsMode: values.cgroupns ?? '',
    Devices: values.device,
    DeviceCgroupRules: values['device-cgroup-rule'],
    IpcMode: values.ipc ?? '',
    PidMode: values.pid ?? '',
    UTSMode: values.uts ?? '',
    UsernsMode: values.userns ?? '',
    Sysctls: values.sysctl,
    ...(values.runtime ? { Runtime: values.runtime } : {}),
    ...(given.has('init') ? { Init: values.init } : {}),
    ...securityOf(values['security-opt']),
  };
}

/** The options of a `seccomp=FILE` are sent, not the file's name: the engine may be elsewhere. */
function securityOf(given: string[]): HostConfig {
  const systemPaths = given.includes('systempaths=unconfined') ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
  const options = given
    .filter((option) => option !== 'systempaths=unconfined')
    .map((option) => {
      const [, name = option, profile] = /^([^=:]+)[=:]([\s\S]*)$/.exec(option) ?? [];
      if (profile === undefined && option !== 'no-new-privileges')
        invalid(`Invalid --security-opt: "${option}"`);
      if (name !== 'seccomp' || profile === 'unconfined' || profile === 'builtin') return option;
      return `seccomp=${readProfile(profile ?? '')}`;
    });
  return { SecurityOpt: options.length > 0 ? options : null, ...systemPaths };
}

function readProfile(path: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Fault('invalid', `opening seccomp profile (${path}) failed: open ${path}: ${reason(error)}`, {
      cause: error,
    });
  }
}

function storageOf(values: Values): HostConfig {
  return {
    ReadonlyRootfs: values['read-only'],
    Tmpfs: readTmpfs(values.tmpfs),
    Mounts: values.mount,
    VolumesFrom: values['volumes-from'].length > 0 ? values['volumes-from'] : null,
    VolumeDriver: values['volume-driver'] ?? '',
    StorageOpt: pairs(values['storage-opt'], 'invalid storage option'),
  };
}

function endpointsOf(values: Values) {
  return readEndpoints(values.network, {
    aliases: values['network-alias'],
    links: values.link,
    linkLocal: values['link-local-ip'],
    address4: values.ip,
    address6: values.ip6,
    mac: values['mac-address'],
  });
}

function pairs(given: string[], message: string): Record<string, string> {
  return Object.fromEntries(
    given.map((option) => {
      const at = option.indexOf('=');
      if (at < 1) invalid(message);
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
