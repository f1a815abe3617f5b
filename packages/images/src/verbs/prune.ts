import type { Store } from '../store/store.ts';
import { type Filters, select } from './list.ts';
import { type Removed, type RemoveOptions, remove } from './remove.ts';

/**
 * POST /images/prune: what no container uses and has no name; with `dangling=false`, named or not.
 * @param o filters: dangling, label, label!, until
 */
export async function prune(
  store: Store,
  o: { filters?: Filters; inUse: RemoveOptions['inUse'] },
): Promise<{ ImagesDeleted: Removed[] | null; SpaceReclaimed: number }> {
  const { dangling = ['true'], ...others } = o.filters ?? {};
  const all = ['false', '0'].includes(dangling[0] as string);
  const images = select(store, all ? others : { ...others, dangling: ['true'] });
  const gone: Removed[] = [];
  const before = usage(store);
  for (const image of images.filter(({ id }) => o.inUse(id).length === 0)) {
    gone.push(...(await remove(store, image.id, { inUse: o.inUse, force: true })));
  }
  return { ImagesDeleted: gone.length > 0 ? gone : null, SpaceReclaimed: before - usage(store) };
}

/** Bytes of all layers of all images, each counted once. */
export function usage(store: Store): number {
  const layers = store.catalogue.images().flatMap((image) => image.layers);
  return [...new Map(layers.map(({ chainId, size }) => [chainId, size])).values()].reduce(
    (sum, size) => sum + size,
    0,
  );
}
