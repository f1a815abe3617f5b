import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname as hostName } from 'node:os';
import { join } from 'node:path';
import { hostsFile, parseMode, resolvConf } from '@pontoon/network';
import { containerFolder } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { usesResolver } from './resolver.ts';

type Entry = { address: string; names: string[] };

/**
 * /etc/hosts, /etc/hostname and /etc/resolv.conf of a container, in its folder. Not for container mode: there they are
 * the other container's.
 */
export function writeNetworkFiles(engine: Engine, record: ContainerRecord): void {
  const folder = containerFolder(engine, record.id);
  const host = parseMode(record.hostConfig.NetworkMode ?? '').kind === 'host';
  write(join(folder, 'hostname'), `${record.config.Hostname || hostName()}\n`);
  write(join(folder, 'hosts'), host ? hostModeHosts(record) : hostsOf(engine, record));
  write(join(folder, 'resolv.conf'), resolvOf(engine, record));
}

/**
 * In place: the file is bind-mounted, and a new one would not be seen inside. Not what is there already, and never
 * through an empty file: to truncate one that is on its way to the disk takes milliseconds (ext4, auto_da_alloc).
 */
function write(path: string, text: string): void {
  if (read(path) === text) return;
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o644);
  try {
    writeSync(file, text, 0);
    ftruncateSync(file, Buffer.byteLength(text));
  } finally {
    closeSync(file);
  }
}

function hostModeHosts(record: ContainerRecord): string {
  const extra = extraEntries(record, '127.0.0.1');
  return `${read('/etc/hosts').replace(/\n?$/, '\n')}${extra.map(line).join('')}`;
}

const line = ({ address, names }: Entry) => `${address}\t${names.join(' ')}\n`;

function hostsOf(engine: Engine, record: ContainerRecord): string {
  const { Hostname = '', Domainname = '' } = record.config;
  const names = Domainname ? [`${Hostname}.${Domainname}`, Hostname] : [Hostname];
  const own = record.endpoints.flatMap(({ addresses }) =>
    addresses.map(({ address }) => ({ address, names })),
  );
  const linked = usesResolver(engine, record) ? [] : linkEntries(engine, record);
  const extra = [...extraEntries(record, gatewayAddress(engine, record)), ...linked];
  return hostsFile({ own, extra });
}

/** `--add-host name:address`; `host-gateway` stands for the host's address on the container's network. */
function extraEntries({ hostConfig }: ContainerRecord, gateway: string): Entry[] {
  return (hostConfig.ExtraHosts ?? []).map((text) => {
    const [, name = '', address = ''] = /^([^:=]+)[:=](.*)$/.exec(text) ?? [];
    const plain = address.replace(/^\[(.*)\]$/, '$1');
    return { address: plain === 'host-gateway' ? gateway : plain, names: [name] };
  });
}

function gatewayAddress(engine: Engine, record: ContainerRecord): string {
  const carrier = record.endpoints.find(({ gateway4 }) => gateway4)?.gateway4;
  const standard = engine.store.networks.find(({ name }) => name === 'bridge')?.intent?.subnets[0]?.gateway;
  return carrier ?? standard ?? '127.0.0.1';
}

/** `--link name:alias`, on the default bridge; on user networks the resolver knows. */
function linkEntries(engine: Engine, { hostConfig }: ContainerRecord): Entry[] {
  return (hostConfig.Links ?? []).flatMap((text) => {
    const [target = '', alias = target] = text.replace(/^\//, '').split(':');
    const other = engine.store.containers.find(({ name, id }) => name === target || id === target);
    const address = other?.endpoints[0]?.addresses[0]?.address;
    if (!other || !address) return [];
    const names = [alias.split('/').at(-1) ?? alias, other.config.Hostname ?? '', other.name];
    return [{ address, names: [...new Set(names)].filter(Boolean) }];
  });
}

/** Name, aliases, short id, and the host name that it gave itself. */
export function namesOn(record: ContainerRecord, networkId: string): string[] {
  const { settings } = record.networks.find((connection) => connection.networkId === networkId) ?? {};
  const names = [
    record.name,
    ...(settings?.Aliases ?? []),
    record.id.slice(0, 12),
    record.config.Hostname ?? '',
  ];
  return [...new Set(names)].filter(Boolean);
}

function resolvOf(engine: Engine, record: ContainerRecord): string {
  const { hostConfig, endpoints } = record;
  const { dns = [], dnsSearch = [], dnsOptions = [] } = engine.options;
  const chosen = <T>(own: T[] | null | undefined, standard: T[]) => (own?.length ? own : standard);
  const host = parseMode(hostConfig.NetworkMode ?? '').kind === 'host';
  const options = {
    nameservers: chosen(hostConfig.Dns, dns),
    search: chosen(hostConfig.DnsSearch, dnsSearch),
    options: chosen(hostConfig.DnsOptions, dnsOptions),
    internalResolver: usesResolver(engine, record),
    ipv6: endpoints.some(({ addresses }) => addresses.some(({ family }) => family === 6)),
  };
  const asked = options.nameservers.length + options.search.length + options.options.length > 0;
  return host && !asked ? read('/etc/resolv.conf') : resolvConf(read('/etc/resolv.conf'), options);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
