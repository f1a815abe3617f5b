import { type ArchivedImage, contentsOf } from '../archive/contents.ts';
import { ImageArchive } from '../archive/read.ts';
import type { Digest } from '../content/digest.ts';
import { layerType } from '../content/media.ts';
import { type OnProgress, reporting } from '../progress.ts';
import { familiarName, parseReference, withTag } from '../reference/parse.ts';
import { addImage, parseConfiguration } from '../store/add.ts';
import type { Store } from '../store/store.ts';
import { whileWriting } from './collect.ts';
import { tag } from './tag.ts';

/**
 * POST /images/load: archives of `docker save` and OCI layouts, plain, gzip or zstd, of one image or several.
 * @returns names, or ids where an image has none
 * @throws {Fault} invalid, for archives that are hostile, broken or cut off; then nothing of it stays but images that
 *   were whole before
 */
export function load(
  store: Store,
  source: AsyncIterable<Uint8Array>,
  o: { quiet?: boolean; onProgress?: OnProgress } = {},
): Promise<{ loaded: string[] }> {
  return whileWriting(store, async () => {
    const archive = await ImageArchive.read(source, store.blobs);
    const loaded: string[] = [];
    for (const image of contentsOf(archive)) {
      const id = await loadImage(store, archive, image, o.quiet ? undefined : o.onProgress);
      const names = image.names.map((name) => withTag(parseReference(name))).filter(({ digest }) => !digest);
      for (const name of names) await tag(store, id, familiarName(name));
      for (const name of names) o.onProgress?.({ stream: `Loaded image: ${familiarName(name)}\n` });
      if (names.length === 0) o.onProgress?.({ stream: `Loaded image ID: ${id}\n` });
      loaded.push(...(names.length > 0 ? names.map(familiarName) : [id]));
    }
    return { loaded };
  });
}

async function loadImage(
  store: Store,
  archive: ImageArchive,
  image: ArchivedImage,
  onProgress: OnProgress | undefined,
): Promise<Digest> {
  const configuration = store.blobs.read(archive.digest(image.config));
  const diffIds = parseConfiguration(configuration).rootfs.diff_ids;
  const sources = image.layers.map((name) => {
    const blob = archive.digest(name);
    return { blob, mediaType: layerType(store.blobs.path(blob)) };
  });
  const { id } = await addImage(store, configuration, sources, {
    read: (index, bytes) =>
      reporting(bytes, {
        id: shortOf(diffIds[index] as Digest),
        status: 'Loading layer',
        total: store.blobs.size(sources[index]?.blob as Digest),
        onProgress,
      }),
  });
  return id;
}

export function shortOf(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
