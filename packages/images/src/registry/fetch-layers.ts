import { layerType } from '../content/media.ts';
import { type OnProgress, reporting } from '../progress.ts';
import type { LayerSource } from '../store/add.ts';
import type { Store } from '../store/store.ts';
import { shortOf } from '../verbs/load.ts';
import { download } from './download.ts';
import type { Descriptor } from './manifest.ts';
import { eachOf } from './parallel.ts';
import type { Session } from './session.ts';

/** Docker's number (max-concurrent-downloads). */
const DOWNLOADS = 3;

interface FetchOptions {
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Starts to fetch layers into the blob store, the lowest first, a few at a time.
 * @returns sources: where each will be, in the order of the layers; stop: ends what still runs, and waits for it
 */
export function fetchLayers(store: Store, session: Session, layers: Descriptor[], o: FetchOptions) {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(o.signal ? [o.signal] : [])]);
  const distinct = new Map(layers.map((layer) => [layer.digest, layer]));
  const arrivals = new Map(
    [...distinct.keys()].map((digest) => [digest, Promise.withResolvers<LayerSource>()]),
  );
  for (const { promise } of arrivals.values()) promise.catch(() => {}); // told by the one that is awaited first
  const work = eachOf([...distinct.values()], DOWNLOADS, async (layer) => {
    await fetchLayer(store, session, layer, { ...o, signal });
    const mediaType = layerType(store.blobs.path(layer.digest));
    arrivals.get(layer.digest)?.resolve({ blob: layer.digest, mediaType });
  }).catch((error) => {
    for (const { reject } of arrivals.values()) reject(error);
  });
  return {
    sources: layers.map(({ digest }) => arrivals.get(digest)?.promise as Promise<LayerSource>),
    async stop(): Promise<void> {
      ended.abort();
      await work;
    },
  };
}

async function fetchLayer(store: Store, session: Session, layer: Descriptor, o: FetchOptions): Promise<void> {
  if (store.blobs.has(layer.digest)) return;
  const id = shortOf(layer.digest);
  const tell = (status: string) => o.onProgress?.({ status, progressDetail: {}, id });
  const onRetry = (wait_s: number) => tell(`Retrying in ${wait_s} seconds`);
  const bytes = download(session, layer, { signal: o.signal, onRetry });
  const told = reporting(bytes, { id, status: 'Downloading', total: layer.size, onProgress: o.onProgress });
  await store.blobs.write(told, { digest: layer.digest, size: layer.size });
  for (const status of ['Verifying Checksum', 'Download complete']) tell(status);
}
