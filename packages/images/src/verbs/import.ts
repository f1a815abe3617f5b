import { decompress } from '../content/decompress.ts';
import { type Digest, Measured } from '../content/digest.ts';
import { layerType } from '../content/media.ts';
import type { OnProgress } from '../progress.ts';
import { parseReference } from '../reference/parse.ts';
import { addImage } from '../store/add.ts';
import { hostArchitecture, type ImageConfiguration } from '../store/config.ts';
import type { Store } from '../store/store.ts';
import { applyChanges } from './apply-changes.ts';
import { whileWriting } from './collect.ts';
import { tag } from './tag.ts';

export interface ImportOptions {
  reference?: string;
  changes?: string[];
  message?: string;
  platform?: { architecture: string; os: string; variant?: string };
  onProgress?: OnProgress;
}

/**
 * POST /images/create?fromSrc=-: a root file system as an image of one layer.
 * @param source a tar, plain, gzip or zstd
 * @throws {Fault} invalid
 */
export function importRootfs(
  store: Store,
  source: AsyncIterable<Uint8Array>,
  o: ImportOptions,
): Promise<Digest> {
  if (o.reference) parseReference(o.reference);
  const config = applyChanges({}, o.changes ?? []);
  return whileWriting(store, async () => {
    const { digest: blob } = await store.blobs.write(source);
    const measured = new Measured();
    for await (const _ of measured.pass(decompress(store.blobs.stream(blob))));
    const created = new Date().toISOString();
    const comment = o.message || 'Imported from -';
    const configuration: ImageConfiguration = {
      ...(o.platform ?? { ...hostArchitecture(), os: 'linux' }),
      created,
      comment,
      config,
      rootfs: { type: 'layers', diff_ids: [measured.digest()] },
      history: [{ created, comment }],
    };
    const layer = { blob, mediaType: layerType(store.blobs.path(blob)) };
    const { id } = await addImage(store, Buffer.from(JSON.stringify(configuration)), [layer]);
    if (o.reference) await tag(store, id, o.reference);
    o.onProgress?.({ status: id });
    return id;
  });
}
