import { Readable } from 'node:stream';
import { type Digest, digestOf, hexOf } from '../content/digest.ts';
import { MEDIA } from '../content/media.ts';
import {
  canonicalName,
  familiarName,
  parseReference,
  type Reference,
  repositoryOf,
} from '../reference/parse.ts';
import { isId, require, type StoredImage } from '../store/find.ts';
import type { Store } from '../store/store.ts';
import { entryOf } from '../tar/entry.ts';
import { ARCHIVE_END, encodeHeader, encodePadding } from '../tar/write.ts';

interface SavedImage {
  image: StoredImage;
  /** Whole names under which it is saved. */
  names: string[];
}

interface Part {
  name: string;
  size: number;
  content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * GET /images/get: one archive that is both an OCI layout and what `docker load` of any version reads, as Docker 25 and
 * later write it. Layers stay packed as they came.
 * @throws {Fault} not-found, before anything is written
 */
export function save(store: Store, texts: string[]): Readable {
  const images = chosen(store, texts);
  return Readable.from(write(partsOf(store, images)), { objectMode: false });
}

/** A repository without a tag means all its tags. */
function chosen(store: Store, texts: string[]): SavedImage[] {
  const found = new Map<Digest, SavedImage>();
  const add = (image: StoredImage, names: string[]) => {
    const saved = found.get(image.id) ?? { image, names: [] };
    saved.names = [...new Set([...saved.names, ...names])];
    found.set(image.id, saved);
  };
  for (const text of texts) {
    const names = namesMeant(store, text);
    for (const name of names) add(require(store, familiarName(parseReference(name))), [name]);
    if (names.length === 0) add(require(store, text), []);
  }
  return [...found.values()];
}

function namesMeant(store: Store, text: string): string[] {
  if (isId(text) || text.startsWith('sha256:')) return [];
  const reference: Reference = parseReference(text);
  if (reference.digest !== undefined) return [];
  const names = store.catalogue.names().map(([name]) => name);
  const all = reference.tag === undefined ? `${repositoryOf(reference)}:` : undefined;
  return names.filter((name) => (all ? name.startsWith(all) : name === canonicalName(reference)));
}

function partsOf(store: Store, images: SavedImage[]): Part[] {
  const blobs = new Map<Digest, Part>();
  const manifests = images.map((saved) => ({
    ...saved,
    manifest: Buffer.from(JSON.stringify(manifestOf(store, saved))),
  }));
  for (const { image, manifest } of manifests) {
    for (const digest of [image.id, ...image.layers.map(({ blob }) => blob)])
      blobs.set(digest, stored(store, digest));
    blobs.set(digestOf(manifest), part(`blobs/sha256/${hexOf(digestOf(manifest))}`, manifest));
  }
  const index = manifests.flatMap(({ names, manifest }) => descriptors(names, manifest));
  return [
    ...blobs.values(),
    json('index.json', { schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests: index }),
    json('manifest.json', images.map(dockerItem)),
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
  ];
}

function manifestOf(store: Store, { image }: SavedImage) {
  return {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    config: { mediaType: MEDIA.ociConfig, digest: image.id, size: store.blobs.size(image.id) },
    layers: image.layers.map(({ mediaType, blob, blobSize }) => ({
      mediaType,
      digest: blob,
      size: blobSize,
    })),
  };
}

/** One a name; one without where there is none. */
function descriptors(names: string[], manifest: Buffer) {
  const descriptor = { mediaType: MEDIA.ociManifest, digest: digestOf(manifest), size: manifest.length };
  if (names.length === 0) return [descriptor];
  return names.map((name) => ({
    ...descriptor,
    annotations: {
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': parseReference(name).tag ?? '',
    },
  }));
}

function dockerItem({ image, names }: SavedImage) {
  return {
    Config: `blobs/sha256/${hexOf(image.id)}`,
    RepoTags: names.length > 0 ? names.map((name) => familiarName(parseReference(name))) : null,
    Layers: image.layers.map(({ blob }) => `blobs/sha256/${hexOf(blob)}`),
  };
}

function stored(store: Store, digest: Digest): Part {
  const content = () => store.blobs.stream(digest);
  return { name: `blobs/sha256/${hexOf(digest)}`, size: store.blobs.size(digest), content };
}

function part(name: string, bytes: Buffer): Part {
  return { name, size: bytes.length, content: () => [bytes] };
}

function json(name: string, value: unknown): Part {
  return part(name, Buffer.from(JSON.stringify(value)));
}

async function* write(parts: Part[]): AsyncGenerator<Uint8Array> {
  for (const name of ['blobs/', 'blobs/sha256/']) yield encodeHeader(entryOf({ name, type: 'directory' }));
  for (const { name, size, content } of parts) {
    yield encodeHeader(entryOf({ name, type: 'file', size }));
    yield* content();
    yield encodePadding(size);
  }
  yield ARCHIVE_END;
}
