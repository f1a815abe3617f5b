/** The network of a build's commands: that of a container which does nothing but hold it. */
import { readFileSync } from 'node:fs';
import { createContainer } from '../container/create.ts';
import { requireContainer } from '../container/find.ts';
import { hostsPath, resolvConfPath } from '../container/places.ts';
import { removeContainer } from '../container/remove.ts';
import { startContainer } from '../container/start.ts';
import type { Engine } from '../engine.ts';
import type { BuildNetwork } from './buildah.ts';

/** By this a container is known that an earlier daemon's build left. */
const label = 'pontoon.build';

/**
 * @param mode as of `docker build --network`: a network's name, `host`, `none`, `container:…`
 * @param extraHosts `name:address`
 */
export async function openBuildNetwork(
  engine: Engine,
  o: { build: string; mode: string; extraHosts: string[] },
): Promise<BuildNetwork & AsyncDisposable> {
  const own = !/^(host$|container:)/.test(o.mode);
  const { Id } = await createContainer(engine, {
    Image: 'busybox',
    Cmd: ['sleep', '2147483647'],
    Labels: { [label]: o.build },
    HostConfig: { NetworkMode: o.mode, ...(own ? { ExtraHosts: o.extraHosts } : {}) },
  });
  const close = () => removeContainer(engine, Id, { force: true, volumes: true });
  try {
    await startContainer(engine, Id);
    const { Pid } = requireContainer(engine, Id).state;
    return {
      namespace: `/proc/${Pid}/ns/net`,
      resolvConf: resolvConfPath(engine, Id),
      hosts: hostsPath(engine, Id),
      nameServers: nameServersOf(resolvConfPath(engine, Id)),
      hasExtraHosts: own,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** resolv.conf(5) */
function nameServersOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
}

/** At the daemon's start: of builds that ended with an earlier one. */
export async function discardBuildNetworks(engine: Engine): Promise<void> {
  for (const { id, config } of engine.store.containers.all()) {
    if (config.Labels?.[label] !== undefined)
      await removeContainer(engine, id, { force: true, volumes: true });
  }
}
