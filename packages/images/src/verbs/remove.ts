import { Fault } from '@pontoon/fault';
import type { Digest } from '../content/digest.ts';
import { canonicalName, familiarName, parseReference, repositoryOf, withTag } from '../reference/parse.ts';
import { require } from '../store/find.ts';
import type { Store } from '../store/store.ts';
import { collect } from './collect.ts';
import { type Conflict, conflictOf, type ImageUser, isSingleReference } from './remove-conflict.ts';

export type { ImageUser } from './remove-conflict.ts';

/** One line of the answer; one of the two is there. */
export interface Removed {
  Untagged?: string;
  Deleted?: string;
}

export interface RemoveOptions {
  force?: boolean;
  /** Leaves images that only this one was committed from. */
  noprune?: boolean;
  /** The containers of an image. */
  inUse: (id: Digest) => ImageUser[];
}

/**
 * DELETE /images/{name} by moby's rules (daemon/images/image_delete.go): a name is taken away, and the image goes with
 * its last name; by id it goes where all its names are of one repository, or by force.
 * @throws {Fault} not-found; conflict, where it is used
 */
export async function remove(store: Store, text: string, o: RemoveOptions): Promise<Removed[]> {
  const { id } = require(store, text);
  if (isIdOf(text, id)) return removeById(store, id, o);
  const untagged = await removeName(store, text, id, o);
  if (store.catalogue.namesOf(id).length > 0 || conflictOf(store, id, o)) return untagged;
  return [...untagged, ...(await forget(store, id, o))];
}

/** Docker, too, takes a text that the id starts with for the id, were it a name or not. */
function isIdOf(text: string, id: Digest): boolean {
  return id.startsWith(text) ? text.startsWith('sha256:') : id.startsWith(`sha256:${text}`);
}

async function removeName(store: Store, text: string, id: Digest, o: RemoveOptions): Promise<Removed[]> {
  const names = store.catalogue.namesOf(id);
  const user = o.inUse(id)[0];
  if (user && !o.force && isSingleReference(names)) {
    const why = `container ${user.id.slice(0, 12)} is using its referenced image ${shortId(id)}`;
    const message = `conflict: unable to remove repository reference "${text}" (must force) - ${why}`;
    throw new Fault('conflict', message);
  }
  const { tag, ...rest } = withTag(parseReference(text));
  const name = canonicalName(rest.digest === undefined ? { ...rest, tag: tag as string } : rest);
  const repository = repositoryOf(rest);
  const lastTag = !names.some((other) => other !== name && other.startsWith(`${repository}:`));
  const digests =
    rest.digest === undefined && lastTag ? names.filter((n) => n.startsWith(`${repository}@`)) : [];
  return untag(store, [name, ...digests]);
}

async function removeById(store: Store, id: Digest, o: RemoveOptions): Promise<Removed[]> {
  const names = store.catalogue.namesOf(id);
  const conflict = conflictOf(store, id, { ...o, names: isSingleReference(names) ? [] : names });
  if (conflict) throw refusal(id, conflict);
  return [...(await untag(store, names)), ...(await forget(store, id, o))];
}

function refusal(id: Digest, { hard, why }: Conflict): Fault {
  const how = hard ? 'cannot be forced' : 'must be forced';
  return new Fault('conflict', `conflict: unable to delete ${shortId(id)} (${how}) - ${why}`);
}

async function untag(store: Store, gone: string[]): Promise<Removed[]> {
  await store.catalogue.change((_, names) => {
    for (const name of gone) names.delete(name);
  });
  return gone.map((name) => ({ Untagged: familiarName(parseReference(name)) }));
}

/** The image goes, with the layers that nobody else needs, and then the nameless one that it was committed from. */
async function forget(store: Store, id: Digest, o: RemoveOptions): Promise<Removed[]> {
  const image = store.catalogue.image(id);
  if (!image) return [];
  await store.catalogue.change((images) => images.delete(id));
  const { layers } = await collect(store);
  const chain = image.layers.map(({ chainId }) => chainId).reverse();
  const removed = [id, ...chain.filter((chainId) => layers.includes(chainId))].map((Deleted) => ({
    Deleted,
  }));
  const { parent } = image;
  if (o.noprune || parent === undefined) return removed;
  const names = store.catalogue.namesOf(parent);
  const kept = names.length > 0 || conflictOf(store, parent, { ...o, force: false });
  return kept ? removed : [...removed, ...(await forget(store, parent, o))];
}

function shortId(id: Digest): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12);
}
