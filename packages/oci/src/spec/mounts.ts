import type { MountInput, SpecInput } from './input.ts';

/** `mounts[]` of config.json. */
export interface Mount {
  destination: string;
  type: string;
  source: string;
  options: string[];
}

/** Docker's default for --shm-size. */
const SHM_SIZE = 64 * 1024 * 1024;

/** Destinations that stay writable under `--read-only`: they are the kernel's or in memory. */
const NEVER_READ_ONLY = ['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue'];

/** All mounts in the order to make them: the defaults, then files and the user's, parents before children. */
export function buildMounts(input: SpecInput): Mount[] {
  const users = [...tmpfsMounts(input.tmpfs ?? {}), ...(input.mounts ?? []).map(userMount)].sort(byDepth);
  const taken = new Set(users.map((mount) => mount.destination));
  const ownDev = taken.has('/dev');
  const kept = (mount: Mount) =>
    !taken.has(mount.destination) && !(ownDev && mount.destination.startsWith('/dev/'));
  const ours = [...defaultMounts(input), ...fileMounts(input.files ?? [])].filter(kept);
  return [...ours.map((mount) => (input.readonlyRootfs ? readOnly(mount) : mount)), ...users];
}

function defaultMounts(input: SpecInput): Mount[] {
  // A privileged container may write to sysfs and its control groups.
  const guarded = input.privileged ? 'rw' : 'ro';
  const kernel = ['nosuid', 'noexec', 'nodev'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: kernel },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      // Group 5 is tty in every common image; without it grantpt(3) would need a set-uid program.
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...kernel, guarded] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...kernel, guarded] },
    ...ipcMounts(input),
  ];
}

/** Message queues and shared memory belong to the ipc namespace: another's namespace comes with another's mounts. */
function ipcMounts({ namespaces = {}, shmSize }: SpecInput): Mount[] {
  const kernel = ['nosuid', 'noexec', 'nodev'];
  const queue: Mount = { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: kernel };
  const shm: Mount = {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: [...kernel, 'mode=1777', `size=${shmSize || SHM_SIZE}`],
  };
  // An mqueue mount shows the queues of the namespace that it is made in: mq_overview(7).
  if (namespaces.ipc === 'host') return [queue, bind('/dev/shm', '/dev/shm', [])];
  if (namespaces.shm === 'none') return [queue];
  return [queue, namespaces.shm ? bind(namespaces.shm, '/dev/shm', []) : shm];
}

function fileMounts(files: { source: string; destination: string }[]): Mount[] {
  return files.map(({ source, destination }) => bind(source, destination, ['rprivate']));
}

function userMount(mount: MountInput): Mount {
  if (mount.kind === 'tmpfs') {
    const options = ['nosuid', 'nodev', 'noexec', ...(mount.options ?? [])];
    return { destination: mount.destination, type: 'tmpfs', source: 'tmpfs', options: lastWins(options) };
  }
  const recursive = mount.nonRecursive ? 'bind' : 'rbind';
  const options = [mount.readonly ? 'ro' : 'rw', mount.propagation || 'rprivate'];
  return {
    destination: mount.destination,
    type: 'bind',
    source: mount.source,
    options: [recursive, ...options],
  };
}

function tmpfsMounts(wanted: Record<string, string>): Mount[] {
  return Object.entries(wanted).map(([destination, options]) =>
    userMount({ kind: 'tmpfs', destination, options: options.split(',').filter((option) => option !== '') }),
  );
}

/** `exec` undoes the default `noexec` before it: the runtime would apply both, in an order of its own. */
function lastWins(options: string[]): string[] {
  const undone = new Set(options.map((option) => `no${option}`));
  return options.filter((option, index) => {
    const opposite = option.startsWith('no') ? option.slice(2) : `no${option}`;
    return !undone.has(option) || !options.slice(index + 1).includes(opposite);
  });
}

function bind(source: string, destination: string, options: string[]): Mount {
  return { destination, type: 'bind', source, options: ['rbind', ...options] };
}

function readOnly(mount: Mount): Mount {
  const { destination, options } = mount;
  if (NEVER_READ_ONLY.includes(destination) || options.includes('ro')) return mount;
  return { ...mount, options: [...options.filter((option) => option !== 'rw'), 'ro'] };
}

function byDepth(first: Mount, second: Mount): number {
  return depth(first.destination) - depth(second.destination);
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}
