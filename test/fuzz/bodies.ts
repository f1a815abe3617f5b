/** JSON bodies: a good one of each operation, and what becomes of it when any part is something else. */
import type { Random } from './random.ts';

const deep = (depth: number): unknown => (depth === 0 ? [] : [deep(depth - 1)]);

/** Values that a field may turn into. No path of the host among them: a bind of it would be honoured. */
const junk: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 1.5, 2 ** 53, -(2 ** 63), 1e308],
  ...['', 'x', '\0', '\n', '../../x', 'é\u{1f6a2}', '%s%n', 'x'.repeat(5000), '0', '-1', 'true'],
  ...[[], [null], [[]], [1], ['x'], ['', ''], deep(200)],
  ...[{}, { x: null }, { x: {} }, { '': '' }, { __proto__x: 1, constructor: {} }],
];

const bodies: Record<string, object> = {
  ContainerCreate: {
    ...{
      Image: 'busybox',
      Cmd: ['true'],
      Env: ['A=1'],
      Labels: { a: 'b' },
      Hostname: 'h',
      User: '0',
      Tty: false,
    },
    ...{
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/v': {} },
      WorkingDir: '/tmp',
      StopSignal: 'TERM',
      StopTimeout: 1,
    },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9, Timeout: 1e9, Retries: 1 },
    HostConfig: {
      ...{
        Memory: 32 * 1024 * 1024,
        NanoCpus: 1e8,
        PidsLimit: 50,
        NetworkMode: 'net',
        Binds: ['vol:/b'],
        Init: false,
      },
      ...{ PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] }, Tmpfs: { '/t': 'size=1m' } },
      ...{
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 1 },
        ExtraHosts: ['h:192.0.2.1'],
        Dns: ['192.0.2.53'],
      },
      ...{
        Mounts: [{ Type: 'volume', Source: 'vol', Target: '/m' }],
        Ulimits: [{ Name: 'nofile', Soft: 100, Hard: 100 }],
      },
      ...{
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['ALL'],
      },
    },
    NetworkingConfig: {
      EndpointsConfig: { net: { Aliases: ['a'], IPAMConfig: { IPv4Address: '10.66.0.9' } } },
    },
  },
  ContainerUpdate: { Memory: 64 * 1024 * 1024, CpuShares: 100, RestartPolicy: { Name: 'no' } },
  ContainerExec: {
    Cmd: ['true'],
    AttachStdout: true,
    Env: ['A=1'],
    User: '0',
    WorkingDir: '/',
    DetachKeys: 'ctrl-a',
  },
  ImageCommit: { Cmd: ['true'], Labels: { a: 'b' } },
  NetworkCreate: {
    ...{
      Name: 'made',
      Driver: 'bridge',
      Internal: false,
      EnableIPv6: false,
      Labels: { a: 'b' },
      ConfigFrom: { Network: '' },
    },
    IPAM: {
      Driver: 'default',
      Config: [{ Subnet: '10.67.0.0/24', Gateway: '10.67.0.1', IPRange: '10.67.0.0/25' }],
    },
    Options: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.enable_icc': 'true' },
  },
  NetworkConnect: {
    Container: 'target',
    EndpointConfig: { Aliases: ['b'], IPAMConfig: { IPv4Address: '10.66.0.10' } },
  },
  NetworkDisconnect: { Container: 'target', Force: true },
  VolumeCreate: { Name: 'made', Driver: 'local', Labels: { a: 'b' } },
  SystemAuth: { username: 'u', password: 'p', serveraddress: '127.0.0.1:1' },
  AttachmentCreate: { Bridge: 'br', Interface: 'eth9', Address: '10.68.0.2/24' },
  PortChange: { Publish: ['127.0.0.1:0:80'], Unpublish: ['81'] },
  NetworkUpdate: { Labels: { a: 'c' }, Internal: false },
};

/** The body that the operation wants, with up to three parts replaced, or something else altogether. */
export function bodyFor(operation: string, random: Random): string {
  const good = bodies[operation];
  if (random.once(8)) return JSON.stringify(random.pick(junk));
  if (random.once(12))
    return random.pick(['{', '{"a":', 'null', '[]', '"', '{"a":1}{"b":2}', '\ufeff{}', '{]}', '']);
  if (good === undefined) return random.pick(['', '{}']);
  const body = structuredClone(good);
  for (let count = random.below(4); count > 0; count--) spoil(body, random);
  return JSON.stringify(body);
}

function spoil(value: object, random: Random): void {
  const part = value as Record<string, unknown>;
  const name = random.pick(Object.keys(part));
  if (name === undefined) return;
  const inner = part[name];
  if (typeof inner === 'object' && inner !== null && !random.once(3)) spoil(inner, random);
  else if (random.once(6)) delete part[name];
  else part[name] = structuredClone(random.pick(junk));
}
