import { hostServers, type View } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { isPredefined } from './find.ts';
import { hasSandbox, sandboxOf } from './sandbox.ts';
import { zonesOf } from './zones.ts';

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
export function viewOf(engine: Engine, record: ContainerRecord): View {
  const own = record.hostConfig.Dns ?? [];
  const chosen = own.length > 0 ? own : (engine.options.dns ?? []);
  const zones = () =>
    record.endpoints.flatMap(({ networkId }) => {
      const zone = zonesOf(engine.store).get(networkId);
      return zone && !isPredefined(zone.network) ? [zone] : [];
    });
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
    version: () => engine.store.containers.version,
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
