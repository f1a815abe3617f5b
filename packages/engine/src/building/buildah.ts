/** buildah, shut in: with a mount and a process table of its own, so that nothing of it can stay behind. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Fault } from '@pontoon/fault';
import type { BuildPlace } from './place.ts';

const programPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where RUN and ADD find others: a network namespace, with the name servers and hosts that belong to it. */
export interface BuildNetwork {
  namespace: string;
  resolvConf: string;
  nameServers: string[];
  hosts: string;
  /** They are in `hosts` already. */
  hasExtraHosts: boolean;
}

export interface RunOptions {
  network?: BuildNetwork | undefined;
  signal: AbortSignal;
  /** Of standard output; it is kept for the caller where there is neither this nor `output`. */
  onLine?: (line: string) => void;
  onErrorLine?: (line: string) => void;
  /** Takes standard output as bytes; then there is no status, and what went wrong is in the errors. */
  output?: (stream: Readable) => Promise<unknown>;
}

export interface Ended {
  status: number;
  /** Standard output, where nobody else took it. */
  lines: string[];
  errors: string[];
}

/** @throws {Fault} not-implemented, with what to install */
export async function requireBuildah(): Promise<void> {
  for (const folder of programPath.split(':')) {
    const found = await access(join(folder, 'buildah'), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return;
  }
  throw new Fault(
    'not-implemented',
    'building images needs buildah, which is not installed: "apt-get install buildah" (or your distribution\'s way), then build again',
  );
}

/** Runs buildah to its end, whatever its status. @throws where the client has gone: then all of it has ended */
export async function buildah(place: BuildPlace, argv: string[], o: RunOptions): Promise<Ended> {
  o.signal.throwIfAborted();
  const [program = '', ...rest] = shutIn(place, argv, o);
  const child = spawn(program, rest, {
    cwd: place.work,
    env: { PATH: programPath, HOME: place.work, TMPDIR: place.work, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  o.signal.addEventListener('abort', kill, { once: true });
  try {
    const lines: string[] = [];
    const errors: string[] = [];
    const ended = Promise.withResolvers<number>();
    child.once('error', ended.reject);
    child.once('close', (code) => ended.resolve(code ?? 137));
    const [status] = await Promise.all([
      ended.promise,
      o.output ? o.output(child.stdout) : eachLine(child.stdout, o.onLine ?? ((line) => lines.push(line))),
      eachLine(child.stderr, (line) => {
        if (errors.push(line) > 100) errors.shift();
        o.onErrorLine?.(line);
      }),
    ]);
    o.signal.throwIfAborted();
    return { status, lines, errors };
  } finally {
    o.signal.removeEventListener('abort', kill);
    kill(); // where an output's reader failed first
  }
}

async function eachLine(stream: Readable, on: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) on(line);
}

/**
 * RUN sees /dev and /sys of whoever runs buildah: they shall not be the host's, with its disks and links (sysfs shows
 * the network namespace that it was mounted in).
 */
const ownDevices = [
  'set -e',
  'mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys',
  'mount -t tmpfs -o mode=755,size=65536k tmpfs /dev',
  'mkdir /dev/pts /dev/shm',
  'mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts',
  'mount -t tmpfs -o nosuid,nodev,noexec,mode=1777 tmpfs /dev/shm',
  // Numbers: the kernel's Documentation/admin-guide/devices.txt.
  ...['null c 1 3', 'zero c 1 5', 'full c 1 7', 'random c 1 8', 'urandom c 1 9', 'tty c 5 0'].map(
    (device) => `mknod -m 666 /dev/${device}`,
  ),
  'ln -s pts/ptmx /dev/ptmx',
  'ln -s /proc/self/fd /dev/fd',
  'ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr',
  'set +e',
];

const bindFirstTwo = 'test ! -e "$2" || mount --bind "$1" "$2"; shift 2';

/**
 * Its mounts and processes are in namespaces that end with it, and it ends with the daemon (prctl(2) PR_SET_PDEATHSIG)
 * or by one SIGKILL. Without a network it has an empty namespace: never the host's by accident.
 */
function shutIn(place: BuildPlace, argv: string[], { network, output }: RunOptions): string[] {
  // An archive goes by the name of /dev/stdout: Node's is a socket, which cannot be opened by a name.
  const run = output ? '"$@" | cat' : 'exec "$@"';
  const script = [...ownDevices, ...(network ? [bindFirstTwo, bindFirstTwo] : []), run].join('\n');
  return [
    ...['setpriv', '--pdeathsig', 'KILL', '--'],
    ...(network ? ['nsenter', `--net=${network.namespace}`, '--'] : []),
    ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...(network ? [] : ['--net']),
    ...['--', 'sh', '-c', script, 'sh'],
    ...(network ? [network.resolvConf, '/etc/resolv.conf', network.hosts, '/etc/hosts'] : []),
    ...['buildah', '--root', place.storage, '--runroot', place.run, '--storage-driver', 'overlay', ...argv],
  ];
}
