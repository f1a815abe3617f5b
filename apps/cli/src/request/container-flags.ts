import { isIP } from 'node:net';
import { Fault } from '@pontoon/fault';
import { integer, list, listOf, map, text, toggle, value } from '../flags/flag.ts';
import {
  parseBytes,
  parseBytesOrUnlimited,
  parseCpus,
  parseDuration,
  parseInteger,
  parseUnsigned,
} from '../flags/values.ts';
import { checkVariable } from './environment.ts';
import { readByteRate, readDevice, readOperationRate, readUlimit, readWeight } from './limits.ts';
import { readMount } from './mounts.ts';
import { readNetwork } from './networks.ts';

const bytes = (short: string, summary: string) => value(short, summary, 'bytes', parseBytes);
const duration = (summary: string) =>
  value('', `${summary} (ms|s|m|h)`, 'duration', parseDuration, { shown: '0s' });
const devices = { shown: '[]' };

/** What `run` and `create` say about the process. */
const processFlags = {
  attach: list('a', 'Attach to STDIN, STDOUT or STDERR', checkStream),
  entrypoint: text('', 'Overwrite the default ENTRYPOINT of the image'),
  env: list('e', 'Set environment variables', checkVariable),
  'env-file': list('', 'Read in a file of environment variables'),
  'group-add': list('', 'Add additional groups to join'),
  'health-cmd': text('', 'Command to run to check health'),
  'health-interval': duration('Time between running the check'),
  'health-retries': integer('', 'Consecutive failures needed to report unhealthy'),
  'health-start-interval': duration('Time between running the check during the start period'),
  'health-start-period': duration(
    'Start period for the container to initialize before starting health-retries countdown',
  ),
  'health-timeout': duration('Maximum time to allow one check to run'),
  init: toggle('', 'Run an init inside the container that forwards signals and reaps processes'),
  interactive: toggle('i', 'Keep STDIN open even if not attached'),
  'no-healthcheck': toggle('', 'Disable any container-specified HEALTHCHECK'),
  'stop-signal': text('', 'Signal to stop the container'),
  'stop-timeout': integer('', 'Timeout (in seconds) to stop a container'),
  tty: toggle('t', 'Allocate a pseudo-TTY'),
  user: text('u', 'Username or UID (format: <name|uid>[:<group|gid>])'),
  workdir: text('w', 'Working directory inside the container'),
};

const networkFlags = {
  'add-host': list('', 'Add a custom host-to-IP mapping (host:ip)', checkHost),
  dns: list('', 'Set custom DNS servers', checkAddress),
  'dns-option': list('', 'Set DNS options', undefined, { alias: 'dns-opt' }),
  'dns-search': list('', 'Set custom DNS search domains'),
  domainname: text('', 'Container NIS domain name'),
  expose: list('', 'Expose a port or a range of ports'),
  hostname: text('h', 'Container host name'),
  ip: text('', 'IPv4 address (e.g., 172.30.100.104)'),
  ip6: text('', 'IPv6 address (e.g., 2001:db8::33)'),
  link: list('', 'Add link to another container', checkLink),
  'link-local-ip': list('', 'Container IPv4/IPv6 link-local addresses'),
  'mac-address': text('', 'Container MAC address (e.g., 92:d0:c6:0a:29:33)'),
  network: listOf('', 'Connect a container to a network', readNetwork, {
    placeholder: 'network',
    alias: 'net',
  }),
  'network-alias': list('', 'Add network-scoped alias for the container', undefined, { alias: 'net-alias' }),
  publish: list('p', "Publish a container's port(s) to the host; with ',allow=CIDR' only to these sources"),
  'publish-all': toggle('P', 'Publish all exposed ports to random ports'),
};

const resourceFlags = {
  'blkio-weight': value(
    '',
    'Block IO (relative weight), between 10 and 1000, or 0 to disable',
    'uint16',
    parseUnsigned,
    { shown: '0' },
  ),
  'blkio-weight-device': listOf('', 'Block IO weight (relative device weight)', readWeight, devices),
  'cgroup-parent': text('', 'Optional parent cgroup for the container'),
  'cpu-period': integer('', 'Limit CPU CFS (Completely Fair Scheduler) period'),
  'cpu-quota': integer('', 'Limit CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-rt-period': integer('', 'Limit CPU real-time period in microseconds'),
  'cpu-rt-runtime': integer('', 'Limit CPU real-time runtime in microseconds'),
  'cpu-shares': integer('c', 'CPU shares (relative weight)'),
  cpus: value('', 'Number of CPUs', 'decimal', parseCpus),
  'cpuset-cpus': text('', 'CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('', 'MEMs in which to allow execution (0-3, 0,1)'),
  'device-read-bps': listOf('', 'Limit read rate (bytes per second) from a device', readByteRate, devices),
  'device-read-iops': listOf('', 'Limit read rate (IO per second) from a device', readOperationRate, devices),
  'device-write-bps': listOf('', 'Limit write rate (bytes per second) to a device', readByteRate, devices),
  'device-write-iops': listOf('', 'Limit write rate (IO per second) to a device', readOperationRate, devices),
  memory: bytes('m', 'Memory limit'),
  'memory-reservation': bytes('', 'Memory soft limit'),
  'memory-swap': value(
    '',
    "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    'bytes',
    parseBytesOrUnlimited,
  ),
  'memory-swappiness': value('', 'Tune container memory swappiness (0 to 100)', 'int', parseInteger, {
    shown: '-1',
  }),
  'oom-kill-disable': toggle('', 'Disable OOM Killer'),
  'oom-score-adj': integer('', "Tune host's OOM preferences (-1000 to 1000)"),
  'pids-limit': integer('', 'Tune container pids limit (set -1 for unlimited)'),
  'shm-size': bytes('', 'Size of /dev/shm'),
  ulimit: listOf('', 'Ulimit options', readUlimit, { placeholder: 'ulimit', shown: '[]' }),
};

const isolationFlags = {
  'cap-add': list('', 'Add Linux capabilities'),
  'cap-drop': list('', 'Drop Linux capabilities'),
  cgroupns: text('', 'Cgroup namespace to use (host|private)'),
  device: listOf('', 'Add a host device to the container', readDevice),
  'device-cgroup-rule': list('', 'Add a rule to the cgroup allowed devices list'),
  ipc: text('', 'IPC mode to use'),
  pid: text('', 'PID namespace to use'),
  privileged: toggle('', 'Give extended privileges to this container'),
  runtime: text('', 'Runtime to use for this container'),
  'security-opt': list('', 'Security Options'),
  sysctl: map('', 'Sysctl options'),
  userns: text('', 'User namespace to use'),
  uts: text('', 'UTS namespace to use'),
};

const storageFlags = {
  mount: listOf('', 'Attach a filesystem mount to the container', readMount, { placeholder: 'mount' }),
  'read-only': toggle('', "Mount the container's root filesystem as read only"),
  'storage-opt': list('', 'Storage driver options for the container'),
  tmpfs: list('', 'Mount a tmpfs directory'),
  volume: list('v', 'Bind mount a volume'),
  'volume-driver': text('', 'Optional volume driver for the container'),
  'volumes-from': list('', 'Mount volumes from the specified container(s)'),
};

const recordFlags = {
  annotation: map('', 'Add an annotation to the container (passed through to the OCI runtime)'),
  cidfile: text('', 'Write the container ID to the file'),
  'dry-run': toggle(
    '',
    'Print what would change in the kernel, and who could reach whom, and change nothing',
  ),
  label: list('l', 'Set meta data on a container'),
  'label-file': list('', 'Read in a line delimited file of labels'),
  'log-driver': text('', 'Logging driver for the container'),
  'log-opt': list('', 'Log driver options'),
  name: text('', 'Assign a name to the container'),
  platform: text('', 'Set platform if server is multi-platform capable'),
  pull: text('', 'Pull image before running ("always", "missing", "never")', { shown: '"missing"' }),
  quiet: toggle('q', 'Suppress the pull output'),
  restart: text('', 'Restart policy to apply when a container exits', { shown: '"no"' }),
  rm: toggle('', 'Automatically remove the container and its associated anonymous volumes when it exits'),
};

/** The flags that `run` and `create` share. */
export const containerFlags = {
  ...processFlags,
  ...networkFlags,
  ...resourceFlags,
  ...isolationFlags,
  ...storageFlags,
  ...recordFlags,
};

function checkStream(given: string): void {
  if (!['stdin', 'stdout', 'stderr'].includes(given.toLowerCase()))
    throw new Fault('invalid', 'valid streams are STDIN, STDOUT and STDERR');
}

function checkHost(given: string): void {
  const [, name, address = ''] = /^([^:=]+)[:=](.+)$/.exec(given) ?? [];
  if (name === undefined) throw new Fault('invalid', `bad format for add-host: "${given}"`);
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (bare !== 'host-gateway' && isIP(bare) === 0)
    throw new Fault('invalid', `invalid IP address in add-host: "${address}"`);
}

function checkAddress(given: string): void {
  if (isIP(given.trim()) === 0) throw new Fault('invalid', `IP address is not correctly formatted: ${given}`);
}

function checkLink(given: string): void {
  if (given === '' || given.split(':').length > 2)
    throw new Fault('invalid', `bad format for links: ${given}`);
}
