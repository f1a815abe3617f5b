/** buildah's storage: what makes a second build quick. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { BuildPruneResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { folderSize } from '../volume/size.ts';
import { buildah } from './buildah.ts';
import { openPlace, storagePath } from './place.ts';

interface State {
  running: number;
  /** A build was cut off, in this daemon's time or before: buildah may keep its half-made containers. */
  unclean: boolean;
  cleared?: Promise<void>;
}

const states = new WeakMap<Engine, State>();

function stateOf(engine: Engine): State {
  const state: State = states.get(engine) ?? { running: 0, unclean: true };
  states.set(engine, state);
  return state;
}

/** Counts a build, so that nothing is taken from under it; clears away first what one before it left. */
export async function whileBuilding<T>(
  engine: Engine,
  signal: AbortSignal,
  build: () => Promise<T>,
): Promise<T> {
  const state = stateOf(engine);
  if (state.running++ === 0 && state.unclean) state.cleared = removeContainers(engine, state);
  try {
    await state.cleared;
    return await build();
  } finally {
    state.running--;
    if (signal.aborted) state.unclean = true;
  }
}

async function removeContainers(engine: Engine, state: State): Promise<void> {
  state.unclean = false;
  if (!existsSync(storagePath(engine))) return;
  using place = openPlace(engine, 'clear');
  await buildah(place, ['rm', '--all'], { signal: AbortSignal.timeout(60_000) });
}

/** POST /build/prune. @throws {Fault} conflict, while a build runs */
export async function pruneBuilds(engine: Engine): Promise<BuildPruneResponse> {
  if (stateOf(engine).running > 0) {
    throw new Fault('conflict', 'a build is running, and uses the cache: prune it when the build has ended');
  }
  const path = storagePath(engine);
  const SpaceReclaimed = await folderSize(path);
  await rm(path, { recursive: true, force: true });
  return { CachesDeleted: [], SpaceReclaimed };
}
