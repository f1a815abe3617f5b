import type { Digest } from '../content/digest.ts';
import { parseReference, repositoryOf } from '../reference/parse.ts';
import type { Store } from '../store/store.ts';

/** A container of an image. */
export interface ImageUser {
  id: string;
  running: boolean;
}

/** Why an image cannot go; what is not hard yields to force. */
export interface Conflict {
  hard: boolean;
  why: string;
}

/**
 * What keeps an image from being removed, in moby's words and order (checkImageDeleteConflict).
 * @param o names: those that only force takes away
 */
export function conflictOf(
  store: Store,
  id: Digest,
  o: { force?: boolean; inUse: (id: Digest) => ImageUser[]; names?: string[] },
): Conflict | undefined {
  if (hasChildren(store, id)) return { hard: true, why: 'image has dependent child images' };
  const users = o.inUse(id);
  const running = users.find((user) => user.running);
  if (running)
    return { hard: true, why: `image is being used by running container ${running.id.slice(0, 12)}` };
  if (o.force) return undefined;
  if (o.names?.length) return { hard: false, why: 'image is referenced in multiple repositories' };
  const [stopped] = users;
  return (
    stopped && { hard: false, why: `image is being used by stopped container ${stopped.id.slice(0, 12)}` }
  );
}

/** Whether an image here was committed from this one. */
export function hasChildren(store: Store, id: Digest): boolean {
  return store.catalogue.images().some(({ parent }) => parent === id);
}

/** At most one tag, and digests of that tag's repository only. */
export function isSingleReference(names: string[]): boolean {
  const references = names.map(parseReference);
  const tagged = references.filter(({ digest }) => digest === undefined);
  return tagged.length <= 1 && new Set(references.map(repositoryOf)).size <= 1;
}
