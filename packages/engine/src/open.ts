import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault, messageOf } from '@pontoon/fault';
import { openImages } from '@pontoon/images';
import { HostNetwork, Resolvers } from '@pontoon/network';
import { Containers, detectRuntime, findConmon } from '@pontoon/oci';
import { type Lock, lockFile } from '@pontoon/sys';
import { boot } from './boot/boot.ts';
import { containerExited } from './container/exit.ts';
import { validateLog } from './container/validate/log.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { EventBus } from './events/bus.ts';
import { Live } from './live.ts';
import { answerHost } from './network/host-names.ts';
import { SerialQueues } from './queue.ts';
import { Store } from './store/store.ts';

/**
 * The engine on its two roots, with everything as it is meant to be: what an earlier one left is taken over, repaired
 * or removed. One at a time on a root.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dataRoot, runRoot, log } = options;
  validateLog(options.logDriver ?? 'json-file', options.logOptions ?? {});
  makeFolders(options);
  const locks = lockRoots(options);
  const store = new Store(join(dataRoot, 'store.db'), (record, error) =>
    log('error', 'written with the next change that can be', { record, error: messageOf(error) }),
  );
  const id = store.word('id', randomUUID);
  const conmon = findConmon();
  const runtime = await detectRuntime({ runRoot, wanted: options.defaultRuntime });
  log('info', `runtime: ${runtime.kind} ${runtime.version}`, { path: runtime.path, reason: runtime.reason });
  const containers = new Containers({ runtime, conmon, runRoot, log });
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
    resolvers: new Resolvers({ log }),
    events: new EventBus(),
    queues: new SerialQueues(),
    execs: new Map(),
    close: async () => {
      await closeEngine(engine);
      for (const lock of locks) lock.release();
    },
  };
  containers.onExit((container, exit) => containerExited(engine, container, exit));
  await boot(engine);
  answerHost(engine);
  return engine;
}

/** Containers go on; the next engine finds them. */
export async function closeEngine(engine: Engine): Promise<void> {
  engine.live.stopTimers();
  engine.containers.close();
  engine.resolvers.closeAll();
  engine.network.close();
  engine.store.close();
}

/** Held until the process ends, however it ends. @throws {Fault} conflict, where another engine is at work */
function lockRoots({ dataRoot, runRoot }: EngineOptions): Lock[] {
  return [join(runRoot, 'daemon.pid'), join(dataRoot, 'daemon.lock')].map((path) => {
    const lock = lockFile(path);
    if (!lock)
      throw new Fault(
        'conflict',
        `another daemon (process ${readFileSync(path, 'utf8').trim()}) works on "${dirname(path)}"`,
      );
    return lock;
  });
}

function makeFolders({ dataRoot, runRoot }: EngineOptions): void {
  for (const name of ['containers', 'volumes', 'images']) {
    mkdirSync(join(dataRoot, name), { recursive: true, mode: 0o711 });
  }
  for (const name of ['netns', 'rootfs']) mkdirSync(join(runRoot, name), { recursive: true, mode: 0o711 });
}
