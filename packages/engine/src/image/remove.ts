import type { ImageDeleteItem, ImagePruneResponse } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { imageUsers } from './users.ts';

/** DELETE /images/{name} */
export async function removeImage(
  engine: Engine,
  ref: string,
  o: { force?: boolean; noprune?: boolean } = {},
): Promise<ImageDeleteItem[]> {
  const { id } = engine.images.require(ref);
  const removed = await engine.images.remove(ref, {
    force: o.force ?? false,
    noprune: o.noprune ?? false,
    inUse: imageUsers(engine),
  });
  tell(engine, id, removed);
  return removed;
}

/** POST /images/prune */
export async function pruneImages(
  engine: Engine,
  filters: Record<string, string[]> = {},
): Promise<ImagePruneResponse> {
  const pruned = await engine.images.prune({ filters, inUse: imageUsers(engine) });
  engine.events.publish('image', 'prune', {
    id: '',
    attributes: { reclaimed: String(pruned.SpaceReclaimed) },
  });
  return pruned;
}

function tell(engine: Engine, id: string, removed: ImageDeleteItem[]): void {
  for (const { Untagged, Deleted } of removed) {
    if (Untagged) engine.events.publish('image', 'untag', { id, attributes: { name: Untagged } });
    // Layers are listed too; only the image itself is news.
    else if (Deleted === id) engine.events.publish('image', 'delete', { id, attributes: { name: id } });
  }
}
