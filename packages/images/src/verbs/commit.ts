import type { Digest } from '../content/digest.ts';
import { layerType } from '../content/media.ts';
import { writeWhiteout } from '../layer/whiteout.ts';
import { parseReference } from '../reference/parse.ts';
import { addImage } from '../store/add.ts';
import type { ImageConfiguration, RunConfiguration } from '../store/config.ts';
import { require } from '../store/find.ts';
import type { Store } from '../store/store.ts';
import { pack } from '../tree/pack.ts';
import { applyChanges } from './apply-changes.ts';
import { whileWriting } from './collect.ts';
import { tag } from './tag.ts';

export interface CommitOptions {
  reference?: string;
  /** How the container runs; the new image's containers will run so. */
  config: RunConfiguration;
  author?: string;
  message?: string;
  changes?: string[];
  /** What the history says made the layer: the container's command line. */
  createdBy?: string;
}

/** POST /commit: the image of a container with what the container changed as one more layer. */
export function commit(store: Store, container: string, o: CommitOptions): Promise<Digest> {
  if (o.reference) parseReference(o.reference);
  const config = applyChanges(o.config, o.changes ?? []);
  return whileWriting(store, async () => {
    const base = require(store, store.rootfs.record(container).image);
    const upper = store.rootfs.upper(container);
    const { digest: blob } = await store.blobs.write(pack(upper, { translate: writeWhiteout }));
    const configuration = extend(base.configuration, blob, { ...o, config });
    const layer = { blob, mediaType: layerType(store.blobs.path(blob)) };
    const { id } = await addImage(
      store,
      Buffer.from(JSON.stringify(configuration)),
      [...base.layers, layer],
      {
        parent: base.id,
      },
    );
    if (o.reference) await tag(store, id, o.reference);
    return id;
  });
}

function extend(base: ImageConfiguration, diffId: Digest, o: CommitOptions): ImageConfiguration {
  const created = new Date().toISOString();
  const entry = {
    created,
    created_by: o.createdBy ?? '',
    ...(o.author ? { author: o.author } : {}),
    ...(o.message ? { comment: o.message } : {}),
  };
  return {
    ...base,
    created,
    author: o.author ?? '',
    comment: o.message ?? '',
    config: o.config,
    rootfs: { type: 'layers', diff_ids: [...base.rootfs.diff_ids, diffId] },
    history: [...(base.history ?? []), entry],
  };
}
