import type { Writable } from 'node:stream';
import type { EngineClient } from '@pontoon/api';
import { credentialsFor } from './credentials.ts';
import { showProgress } from './output/progress.ts';
import type { Context } from './verb.ts';

export interface PullOptions {
  platform?: string;
  allTags?: boolean;
  quiet: boolean;
  to: Writable & { isTTY?: boolean };
}

/** Pulls an image, and shows how far it is. Without a tag or digest it is `latest`. */
export async function pullImage(
  _context: Context,
  engine: EngineClient,
  image: string,
  { platform, allTags = false, quiet, to }: PullOptions,
): Promise<void> {
  const [name, tag] = splitReference(image);
  const progress = engine.lines('ImageCreate', {
    // Without a tag the engine pulls them all.
    query: { fromImage: name, tag: allTags ? undefined : tag, platform },
    headers: credentialsFor(image),
  });
  await showProgress(progress, to, quiet);
}

/** `registry:5000/app:1.2` → the name, and what comes behind it. */
export function splitReference(image: string): [name: string, tag: string] {
  const digest = image.indexOf('@');
  if (digest >= 0) return [image.slice(0, digest), image.slice(digest + 1)];
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon < 0 ? [image, 'latest'] : [image.slice(0, colon), image.slice(colon + 1)];
}
