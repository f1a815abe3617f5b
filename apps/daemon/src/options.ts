/** The daemon's settings: flags, then PONTOON_* in the environment, then daemon.json, then what is usual. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault, messageOf } from '@pontoon/fault';
import { type Level, levels } from './log.ts';

export interface Options {
  dataRoot: string;
  runRoot: string;
  hosts: string[];
  bridge: string;
  pools: { base: string; size: number }[];
  mtu: number | undefined;
  dns: string[];
  insecureRegistries: string[];
  registryMirrors: string[];
  logLevel: Level;
  tls: { ca: string; cert: string; key: string } | undefined;
}

/** Docker's own (moby, daemon/libnetwork/ipamutils): from 172.17.0.0/16 on, then slices of 192.168.0.0/16. */
const usualPools = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

export type Command = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'version' };

/** Flag, its name in daemon.json where it differs, and what it is for. */
const flags = {
  'data-root': {
    json: 'data-root',
    help: 'images, containers, volumes, the store (default /var/lib/pontoon)',
  },
  'run-root': { json: 'run-root', help: 'sockets, namespaces, mounts (default /run/pontoon)' },
  host: {
    json: 'hosts',
    many: true,
    short: 'H',
    help: 'where to listen (default unix://<run-root>/pontoon.sock)',
  },
  bridge: { json: 'bridge', help: 'name of the default bridge (default pontoon0)' },
  'default-address-pool': { json: 'default-address-pools', many: true, help: 'base=10.10.0.0/16,size=24' },
  mtu: { json: 'mtu', help: 'MTU of the default network (default: the uplink’s)' },
  dns: { json: 'dns', many: true, help: 'name server for containers' },
  'insecure-registry': { json: 'insecure-registries', many: true, help: 'registry without (checked) TLS' },
  'registry-mirror': { json: 'registry-mirrors', many: true, help: 'mirror of Docker Hub' },
  'log-level': { json: 'log-level', help: 'debug, info, warn, error, fatal (default info)' },
  tlscacert: { json: 'tlscacert', help: 'CA of the clients’ certificates' },
  tlscert: { json: 'tlscert', help: 'the daemon’s certificate' },
  tlskey: { json: 'tlskey', help: 'its key' },
  'config-file': { json: '', help: 'default /etc/pontoon/daemon.json' },
} as const;

type Flag = keyof typeof flags;
type Environment = Record<string, string | undefined>;

export function readCommand(argv: string[], environment: Environment): Command {
  const { values } = parseFlags(argv);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const file = readFile(values['config-file'] ?? environment.PONTOON_CONFIG_FILE);
  return { kind: 'run', options: optionsOf(sourceOf(values, environment, file)) };
}

function parseFlags(argv: string[]): { values: Record<string, unknown> } {
  const named = Object.entries(flags).map(([name, flag]) => [
    name,
    { type: 'string' as const, multiple: 'many' in flag, ...('short' in flag && { short: flag.short }) },
  ]);
  const options = Object.fromEntries(named) as Record<
    string,
    { type: 'string'; multiple: boolean; short?: string }
  >;
  const plain = {
    help: { type: 'boolean' },
    version: { type: 'boolean' },
    debug: { type: 'boolean', short: 'D' },
  } as const;
  try {
    return parseArgs({
      args: argv,
      options: { ...options, ...plain },
      strict: true,
      allowPositionals: false,
    });
  } catch (cause) {
    throw new Fault('invalid', messageOf(cause).split('. ')[0] ?? '', { cause });
  }
}

function readFile(chosen: unknown): Record<string, unknown> {
  const path = typeof chosen === 'string' ? chosen : '/etc/pontoon/daemon.json';
  if (typeof chosen !== 'string' && !existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new Fault('invalid', `read the settings in "${path}": ${messageOf(cause)}`, { cause });
  }
}

type Source = (flag: Flag) => string[];

/** A flag's values: of the command line, else of the environment (commas part a list), else of the file. */
function sourceOf(
  values: Record<string, unknown>,
  environment: Environment,
  file: Record<string, unknown>,
): Source {
  return (flag) => {
    const given = values[flag];
    if (given !== undefined) return [given].flat() as string[];
    const twin = environment[`PONTOON_${flag.toUpperCase().replaceAll('-', '_')}`];
    // PONTOON_HOST is the client's: which daemon to ask. The daemon's own is PONTOON_LISTEN.
    const text = flag === 'host' ? environment.PONTOON_LISTEN : twin;
    if (text !== undefined && text !== '')
      return flag === 'default-address-pool' ? text.split(';') : text.split(',');
    const written = file[flags[flag].json];
    return written === undefined ? [] : [written].flat().map(textOf);
  };
}

/** `{ base, size }` of daemon.json in the flag's form. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name}=${part}`)
    .join(',');
}

function optionsOf(source: Source): Options {
  const one = (flag: Flag): string | undefined => source(flag).at(-1);
  const runRoot = one('run-root') ?? '/run/pontoon';
  const hosts = source('host');
  const pools = source('default-address-pool').map(readPool);
  return {
    dataRoot: one('data-root') ?? '/var/lib/pontoon',
    runRoot,
    hosts: hosts.length > 0 ? hosts : [`unix://${join(runRoot, 'pontoon.sock')}`],
    bridge: one('bridge') ?? 'pontoon0',
    pools: pools.length > 0 ? pools : usualPools,
    mtu: readMtu(one('mtu')),
    dns: source('dns'),
    insecureRegistries: source('insecure-registry'),
    registryMirrors: source('registry-mirror'),
    logLevel: readLevel(one('log-level') ?? 'info'),
    tls: readTls(one('tlscacert'), one('tlscert'), one('tlskey')),
  };
}

function readPool(text: string): { base: string; size: number } {
  const parts = Object.fromEntries(text.split(',').map((part) => part.split('=', 2)));
  const size = Number(parts.size);
  if (!parts.base || !Number.isInteger(size)) {
    throw new Fault('invalid', `--default-address-pool "${text}": want base=10.10.0.0/16,size=24`);
  }
  return { base: parts.base, size };
}

function readMtu(text: string | undefined): number | undefined {
  if (text === undefined || text === '0') return undefined;
  const mtu = Number(text);
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65535)
    throw new Fault('invalid', `--mtu "${text}": want 68 to 65535`);
  return mtu;
}

function readLevel(text: string): Level {
  const level = levels.find((known) => known === text);
  if (!level) throw new Fault('invalid', `--log-level "${text}": want one of ${levels.join(', ')}`);
  return level;
}

function readTls(...paths: (string | undefined)[]): Options['tls'] {
  const [ca, cert, key] = paths;
  if (!ca && !cert && !key) return undefined;
  if (!ca || !cert || !key)
    throw new Fault('invalid', 'TLS needs all of --tlscacert, --tlscert and --tlskey');
  return { ca, cert, key };
}

export function helpText(): string {
  const lines = Object.entries(flags).map(([name, flag]) => {
    const short = 'short' in flag ? `-${flag.short}, ` : '    ';
    return `  ${short}--${name.padEnd(22)} ${flag.help}`;
  });
  return [
    'Usage: pontoon daemon [OPTIONS]',
    '',
    ...lines,
    '',
    'Each has a twin PONTOON_<NAME> (for --host: PONTOON_LISTEN) and a line in daemon.json.',
    '',
  ].join('\n');
}
