import { join } from 'node:path';
import type { Engine } from '../engine.ts';

/** What a container keeps on disk beside its root file system. */
export function containerFolder(engine: Engine, id: string): string {
  return join(engine.options.dataRoot, 'containers', id);
}

export function hostsPath(engine: Engine, id: string): string {
  return join(containerFolder(engine, id), 'hosts');
}

export function hostnamePath(engine: Engine, id: string): string {
  return join(containerFolder(engine, id), 'hostname');
}

export function resolvConfPath(engine: Engine, id: string): string {
  return join(containerFolder(engine, id), 'resolv.conf');
}

export function logPath(engine: Engine, id: string): string {
  return join(containerFolder(engine, id), 'container.log');
}

/** Where the container's own network namespace is pinned. */
export function namespacePath(engine: Engine, id: string): string {
  return join(engine.options.runRoot, 'netns', id);
}

export function volumeFolder(engine: Engine, name: string): string {
  return join(engine.options.dataRoot, 'volumes', name);
}

export function volumeData(engine: Engine, name: string): string {
  return join(volumeFolder(engine, name), '_data');
}
