import { Fault } from '@pontoon/fault';
import type { Digest } from '../content/digest.ts';
import {
  canonicalName,
  familiarName,
  parseReference,
  type Reference,
  repositoryOf,
  withTag,
} from '../reference/parse.ts';
import type { ImageRecord } from './catalogue.ts';
import type { ImageConfiguration } from './config.ts';
import type { Store } from './store.ts';

/** An image that is here, with all that is known of it. */
export interface StoredImage extends ImageRecord {
  configuration: ImageConfiguration;
  /** `busybox:latest` */
  tags: string[];
  /** `busybox@sha256:…` */
  digests: string[];
  /** Bytes of all layers' files. */
  size: number;
}

/**
 * Finds an image by name, id, or the start of an id, in Docker's order.
 * @throws {Fault} invalid, where the text is neither a name nor an id
 */
export function find(store: Store, text: string): StoredImage | undefined {
  const id = identify(store, text);
  return id === undefined ? undefined : describe(store, id);
}

/** @throws {Fault} not-found `No such image: x:latest` */
export function require(store: Store, text: string): StoredImage {
  const image = find(store, text);
  if (!image) throw new Fault('not-found', `No such image: ${familiar(text)}`);
  return image;
}

/** `x` as `x:latest`; an id as it is. */
function familiar(text: string): string {
  return isId(text) ? text : familiarName(withTag(parseReference(text)));
}

export function isId(text: string): boolean {
  return /^(sha256:)?[0-9a-f]{64}$/.test(text);
}

function identify(store: Store, text: string): Digest | undefined {
  const { catalogue } = store;
  if (isId(text)) {
    const id = text.startsWith('sha256:') ? text : `sha256:${text}`;
    return catalogue.image(id) ? id : undefined;
  }
  const prefix = /^(?:sha256:)?([0-9a-f]{1,63})$/.exec(text)?.[1];
  const named = text.startsWith('sha256:') ? undefined : byName(store, parseReference(text));
  return named ?? (prefix === undefined ? undefined : byPrefix(store, prefix));
}

function byName(store: Store, reference: Reference): Digest | undefined {
  const { tag: _, ...untagged } = reference;
  if (reference.digest === undefined) return store.catalogue.named(canonicalName(withTag(reference)));
  const exact = store.catalogue.named(canonicalName(untagged));
  if (exact !== undefined) return exact;
  const named = store.catalogue.names().some(([name]) => name.startsWith(`${repositoryOf(reference)}:`));
  return named && store.catalogue.image(reference.digest) ? reference.digest : undefined;
}

/** The one image whose id starts so; none where there are several. */
function byPrefix(store: Store, prefix: string): Digest | undefined {
  const found = store.catalogue.images().filter(({ id }) => id.startsWith(`sha256:${prefix}`));
  return found.length === 1 ? found[0]?.id : undefined;
}

export function describe(store: Store, id: Digest): StoredImage | undefined {
  const record = store.catalogue.image(id);
  if (!record) return undefined;
  const names = store.catalogue.namesOf(id).map(parseReference);
  return {
    ...record,
    configuration: configurationOf(store, id),
    tags: names.filter(({ digest }) => digest === undefined).map(familiarName),
    digests: names.filter(({ digest }) => digest !== undefined).map(familiarName),
    size: record.layers.reduce((sum, layer) => sum + layer.size, 0),
  };
}

const configurations = new Map<Digest, ImageConfiguration>();

/** Read once: what a digest names never changes. */
function configurationOf(store: Store, id: Digest): ImageConfiguration {
  const known = configurations.get(id);
  if (known) return known;
  const configuration = JSON.parse(store.blobs.read(id).toString()) as ImageConfiguration;
  configurations.set(id, configuration);
  return configuration;
}
