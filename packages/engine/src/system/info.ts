import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release, totalmem } from 'node:os';
import type { SystemInfo } from '@pontoon/api';
import { hostFacts } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { timestamp } from '../time.ts';
import { VERSION } from './version.ts';

/** GET /info */
export async function systemInfo(engine: Engine): Promise<SystemInfo> {
  const { supports, cgroup, initPath } = hostFacts();
  const warnings = [
    ...(supports.memory ? [] : ['WARNING: No memory limit support']),
    ...(supports.swap ? [] : ['WARNING: No swap limit support']),
  ];
  return {
    ...{ ID: engine.id, ...countContainers(engine), Images: engine.images.list().length },
    ...{
      Driver: 'overlay2',
      DriverStatus: [['Supports d_type', 'true']],
      DockerRootDir: engine.options.dataRoot,
    },
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'macvlan', 'null'],
      Authorization: null,
      Log: ['json-file', 'local'],
    },
    ...{ MemoryLimit: supports.memory, SwapLimit: supports.swap, CpuCfsPeriod: true, CpuCfsQuota: true },
    ...{ CPUShares: true, CPUSet: true, PidsLimit: supports.pids, OomKillDisable: supports.oomControl },
    ...{ IPv4Forwarding: forwards(), Debug: engine.options.debug ?? false, NFd: 0, NGoroutines: 0 },
    ...{
      SystemTime: timestamp(),
      LoggingDriver: engine.options.logDriver ?? 'json-file',
      CgroupDriver: 'cgroupfs',
    },
    ...{ CgroupVersion: cgroup === 'v2' ? '2' : '1', NEventsListener: engine.events.listeners() },
    ...host(),
    ...registries(engine),
    ...{
      GenericResources: null,
      HttpProxy: '',
      HttpsProxy: '',
      NoProxy: '',
      Labels: engine.options.labels ?? [],
    },
    ...{ ExperimentalBuild: false, ServerVersion: VERSION },
    Runtimes: { [engine.runtime.kind]: { path: engine.runtime.path } },
    DefaultRuntime: engine.runtime.kind,
    Swarm: {
      ...{ NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false },
      ...{ Error: '', RemoteManagers: null },
    },
    ...{ LiveRestoreEnabled: true, Isolation: '', InitBinary: initPath ?? '' },
    // The client prints them as containerd's, runc's and docker-init's versions.
    ...{ ContainerdCommit: { ID: 'N/A' }, InitCommit: { ID: 'N/A' } },
    RuncCommit: { ID: `${engine.runtime.kind} ${engine.runtime.version}` },
    ...{ SecurityOptions: ['name=seccomp,profile=builtin'], CDISpecDirs: [] },
    DefaultAddressPools: engine.options.pools.map(({ base, size }) => ({ Base: base, Size: size })),
    ...{ FirewallBackend: { Driver: 'nftables' }, Warnings: warnings.length > 0 ? warnings : null },
  };
}

function countContainers(engine: Engine) {
  const statuses = engine.store.containers.all().map(({ state }) => state.Status);
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const [ContainersRunning, ContainersPaused] = [count('running', 'restarting'), count('paused')];
  const ContainersStopped = statuses.length - ContainersRunning - ContainersPaused;
  return { Containers: statuses.length, ContainersRunning, ContainersPaused, ContainersStopped };
}

function forwards(): boolean {
  return readText('/proc/sys/net/ipv4/ip_forward').trim() === '1';
}

function host() {
  const words = Object.fromEntries(
    readText('/etc/os-release')
      .split('\n')
      .map((line) => line.split('='))
      .map(([key = '', ...value]) => [key, value.join('=').replace(/^"(.*)"$/, '$1')]),
  );
  const machines: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };
  return {
    ...{
      KernelVersion: release(),
      OperatingSystem: words.PRETTY_NAME ?? 'Linux',
      OSVersion: words.VERSION_ID ?? '',
    },
    ...{
      OSType: 'linux',
      Architecture: machines[process.arch] ?? process.arch,
      NCPU: availableParallelism(),
    },
    ...{ MemTotal: totalmem(), Name: hostname() },
  };
}

function registries({ options }: Engine): Pick<SystemInfo, 'IndexServerAddress' | 'RegistryConfig'> {
  const mirrors = options.registryMirrors ?? [];
  const insecure = (options.insecureRegistries ?? []).map((name) => [
    name,
    { Name: name, Mirrors: [], Secure: false, Official: false },
  ]);
  return {
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      InsecureRegistryCIDRs: ['127.0.0.0/8', '::1/128'],
      IndexConfigs: {
        'docker.io': { Name: 'docker.io', Mirrors: mirrors, Secure: true, Official: true },
        ...Object.fromEntries(insecure),
      },
      Mirrors: mirrors.length > 0 ? mirrors : null,
    },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
