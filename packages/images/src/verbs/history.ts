import { require } from '../store/find.ts';
import type { Store } from '../store/store.ts';

/** GET /images/{name}/history: the newest step first; only the uppermost has an id, as everywhere since Docker 1.10. */
export function history(store: Store, text: string) {
  const image = require(store, text);
  const sizes = image.layers.map(({ size }) => size);
  const items = (image.configuration.history ?? []).map((entry) => ({
    Id: '<missing>',
    Created: Math.floor(Date.parse(entry.created ?? '') / 1000) || 0,
    CreatedBy: entry.created_by ?? '',
    Tags: null as string[] | null,
    Size: entry.empty_layer ? 0 : (sizes.shift() ?? 0),
    Comment: entry.comment ?? '',
  }));
  items.reverse();
  if (items[0]) Object.assign(items[0], { Id: image.id, Tags: image.tags.length > 0 ? image.tags : null });
  return items;
}
