import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openImages } from '@pontoon/images';
import { HostNetwork } from '@pontoon/network';
import { Containers, detectRuntime } from '@pontoon/oci';
import { boot } from './boot/boot.ts';
import { containerExited } from './container/exit.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { EventBus } from './events/bus.ts';
import { Live } from './live.ts';
import { SerialQueues } from './queue.ts';
import { Store } from './store/store.ts';

/**
 * The engine on its two roots, with everything as it is meant to be: what an earlier one left is taken over, repaired
 * or removed. One at a time on a pair of roots: the daemon sees to it.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataRoot, runRoot, log } = options;
  makeFolders(options);
  const store = new Store(join(dataRoot, 'store.db'));
  const id = store.word('id', randomUUID);
  const runtime = await detectRuntime({ runRoot });
  const containers = new Containers({ runtime, runRoot, log });
  const live = new Live();
  const network = await HostNetwork.open({
    runRoot,
    bridge: options.bridge,
    pools: options.pools,
    log,
    owner: id,
  });
  const engine: Engine = {
    ...{ id, options, log, store, runtime, containers, live, network },
    images: await openImages({
      root: join(dataRoot, 'images'),
      runRoot,
      insecureRegistries: options.insecureRegistries ?? [],
      registryMirrors: options.registryMirrors ?? [],
    }),
    events: new EventBus(),
    queues: new SerialQueues(),
    execs: new Map(),
    close: async () => closeEngine(engine),
  };
  containers.onExit((container, exit) => containerExited(engine, container, exit));
  await boot(engine);
  return engine;
}

/** Containers go on; the next engine finds them. */
export async function closeEngine(engine: Engine): Promise<void> {
  engine.live.stopTimers();
  engine.containers.close();
  engine.network.close();
  engine.store.close();
}

function makeFolders({ dataRoot, runRoot }: EngineOptions): void {
  for (const name of ['containers', 'volumes', 'images']) {
    mkdirSync(join(dataRoot, name), { recursive: true, mode: 0o711 });
  }
  for (const name of ['netns', 'rootfs']) mkdirSync(join(runRoot, name), { recursive: true, mode: 0o711 });
}
