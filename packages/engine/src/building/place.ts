import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine.ts';

/** Where a build happens. */
export interface BuildPlace {
  /** buildah's own images and layers: the cache of all builds. */
  storage: string;
  /** The rest belongs to this build and goes with it. */
  work: string;
  run: string;
  context: string;
}

export function storagePath(engine: Engine): string {
  return join(engine.options.dataRoot, 'build', 'cache');
}

/** Contexts can be large: they are on the disk, not below the run root. */
function workPath(engine: Engine): string {
  return join(engine.options.dataRoot, 'build', 'work');
}

export function openPlace(engine: Engine, id: string): BuildPlace & Disposable {
  const work = join(workPath(engine), id);
  const place = {
    storage: storagePath(engine),
    work,
    run: join(work, 'run'),
    context: join(work, 'context'),
  };
  for (const path of Object.values(place)) mkdirSync(path, { recursive: true, mode: 0o700 });
  return { ...place, [Symbol.dispose]: () => rmSync(work, { recursive: true, force: true }) };
}

/** What builds left that ended with an earlier daemon. */
export function discardWork(engine: Engine): void {
  rmSync(workPath(engine), { recursive: true, force: true });
}
