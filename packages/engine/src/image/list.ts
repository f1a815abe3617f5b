import type { ImageSummary } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { imageUsers } from './users.ts';

export interface ListImagesOptions {
  all?: boolean;
  filters?: Record<string, string[]>;
  sharedSize?: boolean;
  digests?: boolean;
}

/** GET /images/json */
export async function listImages(engine: Engine, o: ListImagesOptions = {}): Promise<ImageSummary[]> {
  const users = imageUsers(engine);
  return engine.images.summaries({
    all: o.all ?? false,
    filters: o.filters ?? {},
    sharedSize: o.sharedSize ?? false,
    containersOf: (id) => users(id).length,
  });
}
