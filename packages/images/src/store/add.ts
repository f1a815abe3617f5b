import { Fault } from '@pontoon/fault';
import { chainIds, type Digest } from '../content/digest.ts';
import type { ImageRecord, LayerRecord } from './catalogue.ts';
import type { ImageConfiguration } from './config.ts';
import type { Store } from './store.ts';

/** Where the archive of a layer is. */
export interface LayerSource {
  blob: Digest;
  mediaType: string;
}

/**
 * Reads and checks a configuration.
 * @throws {Fault} invalid
 */
export function parseConfiguration(bytes: Uint8Array): ImageConfiguration {
  let configuration: ImageConfiguration;
  try {
    configuration = JSON.parse(Buffer.from(bytes).toString()) as ImageConfiguration;
  } catch (error) {
    throw new Fault('invalid', 'invalid image JSON', { cause: error });
  }
  const diffIds = configuration?.rootfs?.diff_ids;
  const valid = Array.isArray(diffIds) && diffIds.every((id) => /^sha256:[0-9a-f]{64}$/.test(id));
  if (!valid) throw new Fault('invalid', 'invalid image JSON, no RootFS key');
  if (configuration.os && configuration.os !== 'linux') {
    throw new Fault('invalid', `cannot load ${configuration.os} image on linux`);
  }
  return configuration;
}

/**
 * Takes in an image whose blobs are there, or come: unpacks its layers, the lowest first, then lists it.
 */
export async function addImage(
  store: Store,
  configuration: Uint8Array,
  sources: (LayerSource | Promise<LayerSource>)[],
  o: {
    parent?: Digest;
    /** Gets what is read of a layer's archive on its way; not called where the layer is unpacked already. */
    read?: (index: number, source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
    /** A layer is there. */
    done?: (index: number) => void;
  } = {},
): Promise<ImageRecord> {
  const { rootfs } = parseConfiguration(configuration);
  if (rootfs.diff_ids.length !== sources.length) {
    const [wanted, got] = [rootfs.diff_ids.length, sources.length];
    throw new Fault('invalid', `invalid manifest, layers length mismatch: expected ${wanted}, got ${got}`);
  }
  const layers: LayerRecord[] = [];
  for (const [index, chainId] of chainIds(rootfs.diff_ids).entries()) {
    const { blob, mediaType } = await (sources[index] as LayerSource | Promise<LayerSource>);
    const stream = () => o.read?.(index, store.blobs.stream(blob)) ?? store.blobs.stream(blob);
    const diffId = rootfs.diff_ids[index] as Digest;
    const { size } = await store.layers.unpack({ source: stream, chainId, diffId, lowest: index === 0 });
    layers.push({ diffId, chainId, size, blob, blobSize: store.blobs.size(blob), mediaType });
    o.done?.(index);
  }
  await store.layers.sync();
  const id = await store.blobs.put(configuration);
  const record: ImageRecord = { id, layers, ...(o.parent === undefined ? {} : { parent: o.parent }) };
  await store.catalogue.change((images) => {
    images.set(id, { ...images.get(id), ...record });
  });
  return record;
}
