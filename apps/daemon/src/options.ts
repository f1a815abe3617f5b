/** The daemon's settings: flags, then PONTOON_* in the environment, then daemon.json, then what is usual. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RuntimeKind } from '@pontoon/engine';
import { Fault, messageOf } from '@pontoon/fault';
import type { Level } from './log.ts';
import { type Flag, flags, withoutEffect } from './settings/flags.ts';
import {
  readAddress,
  readBip,
  readLevel,
  readMtu,
  readPair,
  readPlace,
  readPool,
  readRuntime,
  readTls,
  readTruth,
} from './settings/values.ts';

export interface Options {
  dataRoot: string;
  runRoot: string;
  hosts: string[];
  bridge: string;
  pools: { base: string; size: number }[];
  mtu: number | undefined;
  dns: string[];
  dnsSearch: string[];
  dnsOptions: string[];
  /** The default bridge's own address, "10.1.0.1/24". */
  bip: string | undefined;
  icc: boolean;
  /** The host's address that ports are published on where a request names none. */
  hostBinding: string | undefined;
  logDriver: string;
  logOptions: Record<string, string>;
  labels: string[];
  /** Of daemon.json: dockerd knows them, here they have no effect. */
  withoutEffect: string[];
  dnsListen: { address: string; port: number } | undefined;
  insecureRegistries: string[];
  registryMirrors: string[];
  defaultRuntime: RuntimeKind | undefined;
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

type Environment = Record<string, string | undefined>;

export function readCommand(argv: string[], environment: Environment): Command {
  const { values } = parseFlags(argv);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const file = readFile(values['config-file'] ?? environment.PONTOON_CONFIG_FILE);
  const ignored = withoutEffectIn(file);
  const level = debugAsked(values, file) ? { logLevel: 'debug' as const } : {};
  const options = optionsOf(sourceOf(values, environment, file));
  return { kind: 'run', options: { ...options, ...level, withoutEffect: ignored } };
}

function debugAsked(values: Record<string, unknown>, file: Record<string, unknown>): boolean {
  return values.debug === true || (file.debug === true && values['log-level'] === undefined);
}

/** @throws {Fault} invalid, with dockerd's text, for what is not even dockerd's */
function withoutEffectIn(file: Record<string, unknown>): string[] {
  const known = new Set<string>(Object.values(flags).map(({ json }) => json));
  const others = Object.keys(file).filter((name) => !known.has(name));
  const wrong = others.filter((name) => !withoutEffect.has(name));
  if (wrong.length > 0) {
    const text = "the following directives don't match any configuration option";
    throw new Fault('invalid', `${text}: ${wrong.join(', ')}`);
  }
  return others.filter((name) => name !== 'debug');
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
    // TCP is always so here: accepted for those who say it.
    tlsverify: { type: 'boolean' },
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
    if (written === undefined) return [];
    if ('map' in flags[flag])
      return Object.entries(written as object).map(([name, value]) => `${name}=${value}`);
    return [written].flat().map(textOf);
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
    dnsSearch: source('dns-search'),
    dnsOptions: source('dns-opt'),
    bip: readBip(one('bip')),
    icc: readTruth('icc', one('icc') ?? 'true'),
    hostBinding: readAddress(one('ip')),
    logDriver: one('log-driver') ?? 'json-file',
    logOptions: Object.fromEntries(source('log-opt').map(readPair)),
    labels: source('label'),
    withoutEffect: [],
    dnsListen: readPlace(one('dns-listen')),
    insecureRegistries: source('insecure-registry'),
    registryMirrors: source('registry-mirror'),
    defaultRuntime: readRuntime(one('default-runtime')),
    logLevel: readLevel(one('log-level') ?? 'info'),
    tls: readTls(one('tlscacert'), one('tlscert'), one('tlskey')),
  };
}
