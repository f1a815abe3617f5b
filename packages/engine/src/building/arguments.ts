/** What a client asks of a build, and as which flags buildah is told so. */
import type { AuthConfig } from '@pontoon/api';
import type { BuildNetwork } from './buildah.ts';

export interface BuildOptions {
  /** Path of the Dockerfile in the context. */
  dockerfile: string;
  /** `name[:tag]` */
  tags: string[];
  buildArgs: Record<string, string>;
  labels: Record<string, string>;
  target?: string | undefined;
  platform?: string | undefined;
  /** As of `docker build --network`; '' is the default bridge. */
  networkMode: string;
  /** `name:address` */
  extraHosts: string[];
  /** Size of /dev/shm in bytes; 0 is buildah's own, 64 MB. */
  shmSize: number;
  noCache: boolean;
  pull: boolean;
  squash: boolean;
  quiet: boolean;
  auths: Record<string, AuthConfig>;
}

/** chroot: RUN needs no runtime and no cgroup, and is in the namespaces that buildah itself is shut in. */
export function buildArguments(
  o: BuildOptions,
  {
    dockerfile,
    context,
    network,
  }: { dockerfile: string; context: string; network: BuildNetwork | undefined },
): string[] {
  const hosts = network?.hasExtraHosts ? [] : o.extraHosts;
  return [
    ...['build', '--isolation', 'chroot', '--format', 'docker', '--pull=never', '--http-proxy=false'],
    ...['--identity-label=false', '--layers', '--force-rm', '--skip-unused-stages=false'],
    // What Docker's containers have and buildah's have not; MKNOD is left out: no cgroup keeps devices away here.
    ...['--cap-add', 'NET_RAW,AUDIT_WRITE'],
    ...(o.noCache ? ['--no-cache'] : []),
    ...(o.squash ? ['--squash'] : []),
    ...(o.platform ? ['--platform', o.platform] : []),
    ...(o.shmSize > 0 ? ['--shm-size', `${o.shmSize}b`] : []),
    ...pairs('--build-arg', o.buildArgs),
    ...pairs('--label', o.labels),
    ...hosts.flatMap((host) => ['--add-host', host]),
    // By themselves buildah leaves out those on a loopback, which here are the container's own.
    ...(network?.nameServers ?? []).flatMap((address) => ['--dns', address]),
    ...['--file', dockerfile, context],
  ];
}

function pairs(name: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [name, `${key}=${value}`]);
}
