import type { ImageHistoryItem, ImageInspect } from '@pontoon/api';
import type { Engine } from '../engine.ts';

/** GET /images/{name}/json */
export async function inspectImage(engine: Engine, ref: string): Promise<ImageInspect> {
  return engine.images.inspect(ref) as ImageInspect;
}

/** GET /images/{name}/history */
export async function imageHistory(engine: Engine, ref: string): Promise<ImageHistoryItem[]> {
  return engine.images.history(ref);
}
