import type { NetworkRecord } from '../record.ts';
import type { Store } from '../store/store.ts';
import { namesOn } from './files.ts';

/** The names of one bridge network: each alone and before the network's, in lower case. */
export interface Zone {
  network: NetworkRecord;
  addresses: Map<string, string[]>;
  /** "larch.grove" by address. */
  names: Map<string, string>;
}

interface Zones {
  version: number;
  byNetwork: Map<string, Zone>;
}

const known = new WeakMap<Store, Zones>();

/** Made anew after a container was saved, so that a question costs the same with one container and with a thousand. */
export function zonesOf(store: Store): Map<string, Zone> {
  const zones = known.get(store);
  if (zones?.version === store.containers.version) return zones.byNetwork;
  const made = { version: store.containers.version, byNetwork: readZones(store) };
  known.set(store, made);
  return made.byNetwork;
}

function readZones(store: Store): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const record of store.containers.all()) {
    for (const { networkId, addresses } of record.endpoints) {
      const network = store.networks.get(networkId);
      if (!network) continue;
      const zone = zones.get(networkId) ?? { network, addresses: new Map(), names: new Map() };
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
