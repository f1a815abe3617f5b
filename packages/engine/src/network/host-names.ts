import { Fault, messageOf } from '@pontoon/fault';
import type { View } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { zonesOf } from './zones.ts';

/** The zone of the names that the host asks for: `NAME.pontoon` and `NAME.NETWORK.pontoon`. */
const ZONE = 'pontoon';

/** `--dns-listen`: the names of all containers for the host itself. @throws {Fault} where nothing can listen there */
export function answerHost(engine: Engine): void {
  const place = engine.options.dnsListen;
  if (!place) return;
  try {
    engine.resolvers.listen(place, hostView(engine));
  } catch (error) {
    const where = `${place.address.includes(':') ? `[${place.address}]` : place.address}:${place.port}`;
    throw new Fault('conflict', `answer names on ${where} (--dns-listen): ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** All bridge networks: those of others than bridges the host does not reach. */
export function hostView(engine: Engine): View {
  const zones = () =>
    [...zonesOf(engine.store).values()].filter(({ network }) => network.driver === 'bridge');
  return {
    addressesOf: (name) => {
      const [, label = name] = /^(.+)\.pontoon$/.exec(name) ?? [];
      const found = zones().flatMap(({ addresses }) => addresses.get(label) ?? []);
      return found.length > 0 ? [...new Set(found)] : undefined;
    },
    nameOf: (address) => {
      const name = zones()
        .find(({ names }) => names.has(address))
        ?.names.get(address);
      return name && `${name}.${ZONE}`;
    },
    version: () => engine.store.containers.version,
    ...{ servers: () => [], forwards: () => false, inside: false, zone: ZONE },
  };
}
