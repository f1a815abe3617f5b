import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Fault } from '@pontoon/fault';
import { digestOf } from '../content/digest.ts';
import { layerType, MEDIA } from '../content/media.ts';
import { type OnProgress, reporting } from '../progress.ts';
import {
  canonicalName,
  familiarName,
  familiarRepository,
  parseReference,
  type Reference,
  repositoryOf,
  withTag,
} from '../reference/parse.ts';
import type { ImageRecord, LayerRecord } from '../store/catalogue.ts';
import type { Store } from '../store/store.ts';
import { whileWriting } from '../verbs/collect.ts';
import { shortOf } from '../verbs/load.ts';
import type { RegistryAuth } from './authorize.ts';
import type { RegistrySettings } from './endpoint.ts';
import { plainFault } from './errors.ts';
import { eachOf } from './parallel.ts';
import { type Session, withRegistry } from './session.ts';
import { upload } from './upload.ts';

export interface PushOptions {
  auth?: RegistryAuth;
  /** Every tag of the repository that is here. */
  allTags?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Docker's number (max-concurrent-uploads). */
const UPLOADS = 5;

/**
 * POST /images/{name}/push.
 * @throws {Fault} not-found, where nothing here has the name; else the registry's words
 */
export async function push(
  store: Store,
  settings: RegistrySettings,
  text: string,
  o: PushOptions,
): Promise<void> {
  const reference = parseReference(text);
  if (reference.digest !== undefined) throw new Fault('invalid', 'cannot push a digest reference');
  const names = namesToPush(store, reference, o.allTags ?? false);
  o.onProgress?.({ status: `The push refers to repository [${repositoryOf(reference)}]` });
  try {
    await withRegistry(
      reference,
      { settings, auth: o.auth, actions: 'pull,push', signal: o.signal },
      async (session) => {
        for (const name of names) await pushOne(store, session, parseReference(name), o);
      },
    );
  } catch (error) {
    throw plainFault(error);
  }
}

function namesToPush(store: Store, reference: Reference, all: boolean): string[] {
  const repository = `${repositoryOf(reference)}:`;
  const tagged = store.catalogue.names().map(([name]) => name);
  const names = all
    ? tagged.filter((name) => name.startsWith(repository))
    : tagged.filter((name) => name === canonicalName(withTag(reference)));
  if (names.length > 0) return names;
  const repositoryHere = tagged.some((name) => name.startsWith(repository));
  const text =
    repositoryHere && !all
      ? `tag does not exist: ${familiarName(withTag(reference))}`
      : `An image does not exist locally with the tag: ${familiarRepository(reference)}`;
  throw new Fault('not-found', text);
}

async function pushOne(store: Store, session: Session, reference: Reference, o: PushOptions): Promise<void> {
  const id = store.catalogue.named(canonicalName(reference)) as string;
  const image = await whileWriting(store, () => packLayers(store, id, o.onProgress));
  await eachOf(image.layers, UPLOADS, (layer) => pushLayer(store, session, layer, o.onProgress));
  const size = store.blobs.size(id);
  await upload(session, { digest: id, size, content: () => store.blobs.stream(id) });
  const manifest = manifestOf(image, size);
  const bytes = Buffer.from(JSON.stringify(manifest, null, 3));
  const headers = { 'content-type': manifest.mediaType, 'content-length': String(bytes.length) };
  const answer = await session.request(`manifests/${reference.tag}`, [200, 201, 202], {
    method: 'PUT',
    headers,
    body: bytes,
  });
  answer.body.resume();
  const digest = digestOf(bytes);
  await store.catalogue.change((_, names) => names.set(`${repositoryOf(reference)}@${digest}`, id));
  const tag = reference.tag as string;
  o.onProgress?.({ status: `${tag}: digest: ${digest} size: ${bytes.length}` });
  o.onProgress?.({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: bytes.length } });
}

async function pushLayer(
  store: Store,
  session: Session,
  layer: LayerRecord,
  onProgress: OnProgress | undefined,
) {
  const id = shortOf(layer.diffId);
  const o = { id, status: 'Pushing', total: layer.blobSize, onProgress };
  const content = () => reporting(store.blobs.stream(layer.blob), o);
  const sent = await upload(session, { digest: layer.blob, size: layer.blobSize, content });
  onProgress?.({ status: sent ? 'Pushed' : 'Layer already exists', progressDetail: {}, id });
}

/** Layers that were made here are kept plain, and packed before they travel; from then on they are kept packed. */
async function packLayers(
  store: Store,
  id: string,
  onProgress: OnProgress | undefined,
): Promise<ImageRecord> {
  const image = store.catalogue.image(id) as ImageRecord;
  const layers: LayerRecord[] = [];
  for (const layer of image.layers) {
    onProgress?.({ status: 'Preparing', progressDetail: {}, id: shortOf(layer.diffId) });
    const plain = layerType(store.blobs.path(layer.blob)) === 'application/vnd.oci.image.layer.v1.tar';
    layers.push(plain ? await packLayer(store, layer) : layer);
  }
  const packed = { ...image, layers };
  await store.catalogue.change((images) => images.set(id, packed));
  return packed;
}

async function packLayer(store: Store, layer: LayerRecord): Promise<LayerRecord> {
  const packer = createGzip();
  pipeline(Readable.from(store.blobs.stream(layer.blob)), packer, () => {}); // its errors end the write below
  const { digest, size } = await store.blobs.write(packer);
  return { ...layer, blob: digest, blobSize: size, mediaType: layerType(store.blobs.path(digest)) };
}

/** Docker's own types, which every client reads, unless a layer is packed in a way that only OCI has a name for. */
function manifestOf({ id, layers }: ImageRecord, size: number) {
  const docker = layers.every(({ mediaType }) => mediaType.endsWith('+gzip'));
  return {
    schemaVersion: 2,
    mediaType: docker ? MEDIA.dockerManifest : MEDIA.ociManifest,
    config: { mediaType: docker ? MEDIA.dockerConfig : MEDIA.ociConfig, size, digest: id },
    layers: layers.map(({ mediaType, blob, blobSize }) => ({
      mediaType: docker ? MEDIA.dockerLayer : mediaType,
      size: blobSize,
      digest: blob,
    })),
  };
}
