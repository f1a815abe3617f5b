import { hostServers, type View } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import type { Store } from '../store/store.ts';
import { namesOn } from './files.ts';
import { isPredefined } from './find.ts';
import { hasSandbox, sandboxOf } from './sandbox.ts';

/** Starts or stops answering names in a container's namespace, as its networks now want it: only user networks do. */
export function followNames(engine: Engine, record: ContainerRecord): void {
  const { path } = sandboxOf(engine, record);
  const wanted = hasSandbox(record) && usesResolver(engine, record);
  if (wanted === engine.resolvers.has(path)) return;
  if (wanted) engine.resolvers.open(path, viewOf(engine, record));
  else engine.resolvers.close(path);
}

/** At boot: the sockets of the last daemon ended with it. */
export function resumeNames(engine: Engine): void {
  for (const record of engine.store.containers.all()) if (isRunning(record)) followNames(engine, record);
}

export function usesResolver(engine: Engine, { endpoints }: ContainerRecord): boolean {
  return endpoints.some(({ networkId }) => {
    const network = engine.store.networks.get(networkId);
    return network !== undefined && !isPredefined(network);
  });
}

/** What a container may know, read from the store at each question. */
function viewOf(engine: Engine, record: ContainerRecord): View {
  const own = record.hostConfig.Dns ?? [];
  const chosen = own.length > 0 ? own : (engine.options.dns ?? []);
  const zones = () => record.endpoints.flatMap(({ networkId }) => zoneOf(engine.store, networkId) ?? []);
  return {
    addressesOf: (name) => {
      const target = linkTargets(record).get(name) ?? name;
      const found = zones().flatMap(({ addresses }) => addresses.get(target) ?? []);
      return found.length > 0 ? [...new Set(found)] : undefined;
    },
    nameOf: (address) =>
      zones()
        .find(({ names }) => names.has(address))
        ?.names.get(address),
    servers: () => (chosen.length > 0 ? chosen : hostServers()),
    forwards: () => record.endpoints.some(({ networkId }) => !engine.store.networks.get(networkId)?.internal),
    inside: chosen.length > 0,
  };
}

/** `--link target:alias`: a second name, for this container only. */
function linkTargets({ hostConfig, networks }: ContainerRecord): Map<string, string> {
  const links = [...(hostConfig.Links ?? []), ...networks.flatMap(({ settings }) => settings.Links ?? [])];
  return new Map(
    links.map((link) => {
      const [target = '', alias = target] = link.replace(/^\//, '').split(':');
      return [(alias.split('/').at(-1) ?? alias).toLowerCase(), target.toLowerCase()];
    }),
  );
}

/** The names of one network. */
interface Zone {
  addresses: Map<string, string[]>;
  names: Map<string, string>;
}

interface Zones {
  version: number;
  byNetwork: Map<string, Zone>;
}

const known = new WeakMap<Store, Zones>();

/** Made anew after a container was saved, so that a question costs the same with one container and with a thousand. */
function zoneOf(store: Store, networkId: string): Zone | undefined {
  const zones = known.get(store);
  if (zones?.version === store.containers.version) return zones.byNetwork.get(networkId);
  const made = { version: store.containers.version, byNetwork: readZones(store) };
  known.set(store, made);
  return made.byNetwork.get(networkId);
}

function readZones(store: Store): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const record of store.containers.all()) {
    for (const { networkId, addresses } of record.endpoints) {
      const network = store.networks.get(networkId);
      if (!network || isPredefined(network)) continue;
      const zone = zones.get(networkId) ?? { addresses: new Map(), names: new Map() };
      zones.set(networkId, zone);
      const texts = addresses.map(({ address }) => address);
      for (const name of namesOn(record, networkId)) addName(zone, [name, `${name}.${network.name}`], texts);
      for (const address of texts) zone.names.set(address, `${record.name}.${network.name}`);
    }
  }
  return zones;
}

function addName({ addresses }: Zone, names: string[], texts: string[]): void {
  for (const name of names.map((text) => text.toLowerCase()))
    addresses.set(name, [...(addresses.get(name) ?? []), ...texts]);
}
