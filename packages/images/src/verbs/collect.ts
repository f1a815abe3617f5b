import type { Digest } from '../content/digest.ts';
import type { Store } from '../store/store.ts';

interface Turn {
  /** Those who store blobs or layers that no image speaks of yet. */
  writers: number;
  /** Removal of what nobody needs; those who want to write wait for it. */
  collecting?: Promise<unknown>;
}

const turns = new WeakMap<Store, Turn>();

function turnOf(store: Store): Turn {
  const turn = turns.get(store) ?? { writers: 0 };
  turns.set(store, turn);
  return turn;
}

/** Runs what stores blobs or layers before it lists their image. What it leaves behind when it fails is removed. */
export async function whileWriting<T>(store: Store, run: () => Promise<T>): Promise<T> {
  const turn = turnOf(store);
  while (turn.collecting) await turn.collecting;
  turn.writers++;
  try {
    return await run();
  } finally {
    turn.writers--;
    await collect(store);
  }
}

/**
 * Removes the blobs and unpacked layers that neither an image nor a container needs, unless somebody writes: then that
 * one does it at his end.
 * @returns chain ids of the layers that went
 */
export async function collect(store: Store): Promise<{ layers: Digest[] }> {
  const turn = turnOf(store);
  while (turn.collecting) await turn.collecting;
  if (turn.writers > 0) return { layers: [] };
  const work = sweep(store);
  turn.collecting = work.catch(() => {});
  try {
    return await work;
  } finally {
    turn.collecting = undefined;
  }
}

async function sweep(store: Store): Promise<{ layers: Digest[] }> {
  const images = store.catalogue.images();
  const chains = new Set(images.flatMap(({ layers }) => layers.map(({ chainId }) => chainId)));
  for (const container of store.rootfs.list()) {
    for (const chainId of store.rootfs.layersOf(container)) chains.add(chainId);
  }
  const blobs = new Set(images.flatMap(({ id, layers }) => [id, ...layers.map(({ blob }) => blob)]));
  const layers = store.layers.list().filter((chainId) => !chains.has(chainId));
  for (const chainId of layers) await store.layers.remove(chainId);
  for (const digest of await store.blobs.list()) if (!blobs.has(digest)) await store.blobs.remove(digest);
  return { layers };
}
