import { Fault } from '@pontoon/fault';
import { isDefaultImage, makeDefaultImage } from '../busybox/image.ts';
import { type OnProgress, reporting } from '../progress.ts';
import {
  canonicalName,
  familiarName,
  parseReference,
  type Reference,
  repositoryOf,
  withTag,
} from '../reference/parse.ts';
import { addImage, parseConfiguration } from '../store/add.ts';
import type { Store } from '../store/store.ts';
import { whileWriting } from '../verbs/collect.ts';
import { shortOf } from '../verbs/load.ts';
import { tag } from '../verbs/tag.ts';
import type { RegistryAuth } from './authorize.ts';
import { download } from './download.ts';
import type { RegistrySettings } from './endpoint.ts';
import { pullFault, ReachError } from './errors.ts';
import { fetchLayers } from './fetch-layers.ts';
import { chooseManifest, type Descriptor, fetchManifest, type Manifest } from './manifest.ts';
import { type Session, withRegistry } from './session.ts';
import { listTags } from './tags.ts';

export interface PullOptions {
  auth?: RegistryAuth;
  /** `linux/arm64`; not given: this machine's */
  platform?: string;
  /** Every tag of the repository. */
  allTags?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * POST /images/create?fromImage=: from a registry, layers in parallel, each verified. Where no registry can be reached,
 * the default image is made here.
 * @throws {Fault} not-found, invalid, internal, in Docker's words
 */
export async function pull(
  store: Store,
  settings: RegistrySettings,
  text: string,
  o: PullOptions,
): Promise<void> {
  const reference = parseReference(text);
  try {
    await withRegistry(reference, { settings, auth: o.auth, signal: o.signal }, async (session) => {
      if (!o.allTags) return pullOne(store, session, withTag(reference), o);
      for (const name of await listTags(session))
        await pullOne(store, session, { ...reference, tag: name }, o);
    });
  } catch (error) {
    const makeable = error instanceof ReachError && isDefaultImage(reference);
    if (!makeable) throw pullFault(error, withTag(reference));
    await makeDefault(store, withTag(reference), o.onProgress);
  }
}

async function makeDefault(
  store: Store,
  reference: Reference,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const there = store.catalogue.named(canonicalName(reference));
  if (there === undefined) {
    onProgress?.({ status: "No registry in reach: making busybox from this machine's /bin/busybox" });
    await makeDefaultImage(store);
  }
  onProgress?.(done(reference, there === undefined));
}

function done(reference: Reference, isNew: boolean) {
  const what = isNew ? 'Downloaded newer image' : 'Image is up to date';
  return { status: `Status: ${what} for ${familiarName(reference)}` };
}

async function pullOne(store: Store, session: Session, reference: Reference, o: PullOptions): Promise<void> {
  const wanted = reference.digest ?? (reference.tag as string);
  const fetched = await fetchManifest(session, wanted);
  o.onProgress?.({ status: `Pulling from ${reference.path}`, id: reference.tag ?? wanted });
  const manifest = await chooseManifest(session, fetched, o.platform);
  const before = store.catalogue.image(manifest.config.digest);
  const isWhole = before?.layers.every(({ chainId }) => store.layers.find(chainId));
  if (!isWhole) await whileWriting(store, () => pullImage(store, session, manifest, o));
  const id = manifest.config.digest;
  const names = [`${repositoryOf(reference)}@${fetched.digest}`];
  const tagged = reference.digest === undefined ? canonicalName(reference) : undefined;
  const isNew = store.catalogue.named(tagged ?? (names[0] as string)) !== id;
  await store.catalogue.change((_, all) => {
    for (const name of names) all.set(name, id);
  });
  if (tagged !== undefined && isNew) await tag(store, id, tagged);
  o.onProgress?.({ status: `Digest: ${fetched.digest}` });
  o.onProgress?.(done(reference, isNew));
}

/** Layers are fetched a few at a time and unpacked in their order, each as soon as it is here. */
async function pullImage(store: Store, session: Session, manifest: Manifest, o: PullOptions): Promise<void> {
  const layers = manifest.layers.filter(({ mediaType }) => !mediaType?.includes('foreign'));
  const tell = (index: number, status: string) =>
    o.onProgress?.({ status, progressDetail: {}, id: shortOf((layers[index] as Descriptor).digest) });
  for (const index of layers.keys()) tell(index, 'Pulling fs layer');
  const configuration = await pullConfiguration(store, session, manifest.config, o);
  parseConfiguration(configuration); // before megabytes are fetched for it
  const fetching = fetchLayers(store, session, layers, o);
  const unpacked = new Set<number>();
  try {
    await addImage(store, configuration, fetching.sources, {
      read: (index, bytes) => {
        unpacked.add(index);
        const { digest, size } = layers[index] as Descriptor;
        const shown = { id: shortOf(digest), status: 'Extracting', total: size, onProgress: o.onProgress };
        return reporting(bytes, shown);
      },
      done: (index) => tell(index, unpacked.has(index) ? 'Pull complete' : 'Already exists'),
    });
  } finally {
    await fetching.stop();
  }
}

async function pullConfiguration(
  store: Store,
  session: Session,
  config: Descriptor,
  o: PullOptions,
): Promise<Buffer> {
  if (config.size > 8 * 1024 * 1024) throw new Fault('invalid', 'image configuration is too large');
  if (!store.blobs.has(config.digest)) await store.blobs.write(download(session, config, o), config);
  return store.blobs.read(config.digest);
}
