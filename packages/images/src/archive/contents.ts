import { Fault } from '@pontoon/fault';
import { hexOf, isDigest } from '../content/digest.ts';
import { MEDIA } from '../content/media.ts';
import { parseReference } from '../reference/parse.ts';
import { hostArchitecture } from '../store/config.ts';
import type { ImageArchive } from './read.ts';

/** An image in an archive: names of files there. */
export interface ArchivedImage {
  config: string;
  layers: string[];
  /** As the archive has them, checked. */
  names: string[];
}

/** What `docker save` writes of each image: moby, image/tarexport, v1.2. */
interface DockerItem {
  Config: string;
  RepoTags?: string[] | null;
  Layers: string[];
}

interface Descriptor {
  mediaType: string;
  digest: string;
  annotations?: Record<string, string>;
  platform?: { architecture: string; os: string };
}

interface Manifest {
  mediaType?: string;
  manifests?: Descriptor[];
  config?: Descriptor;
  layers?: Descriptor[];
}

/**
 * The images of an archive: Docker's form (`manifest.json`), else an OCI layout (`index.json`).
 * @throws {Fault} invalid
 */
export function contentsOf(archive: ImageArchive): ArchivedImage[] {
  if (archive.has('manifest.json')) return dockerContents(archive.json('manifest.json'));
  if (archive.has('index.json')) return manifestContents(archive, archive.json('index.json') as Manifest, []);
  throw new Fault('invalid', 'invalid archive: does not contain a "manifest.json" or an "index.json"');
}

function dockerContents(manifest: unknown): ArchivedImage[] {
  if (!Array.isArray(manifest) || !manifest.every(isDockerItem)) {
    throw new Fault('invalid', 'invalid manifest: "manifest.json" lists no images');
  }
  return manifest.map(({ Config, RepoTags, Layers }) => ({
    config: Config,
    layers: Layers,
    names: (RepoTags ?? []).filter((name) => parseReference(name)),
  }));
}

function isDockerItem(item: unknown): item is DockerItem {
  const { Config, RepoTags, Layers } = (item ?? {}) as Partial<DockerItem>;
  const texts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === 'string');
  return typeof Config === 'string' && texts(Layers) && (RepoTags == null || texts(RepoTags));
}

/** An index, nested or not, or a manifest: OCI image-spec, image-layout.md. */
function manifestContents(
  archive: ImageArchive,
  manifest: Manifest,
  names: string[],
  depth = 0,
): ArchivedImage[] {
  if (depth > 4) throw new Fault('invalid', 'invalid index: nested too deep');
  const { manifests, config, layers } = manifest;
  if (config && layers) return [{ config: fileOf(config), layers: layers.map(fileOf), names }];
  if (!Array.isArray(manifests))
    throw new Fault('invalid', 'invalid index: neither manifests nor a configuration');
  return wanted(manifests, depth > 0).flatMap((descriptor) => {
    const inner = archive.json(fileOf(descriptor)) as Manifest;
    return manifestContents(archive, inner, [...names, ...nameOf(descriptor)], depth + 1);
  });
}

/** Within one image's index: this machine's; in the layout's own: all that can run here. */
function wanted(manifests: Descriptor[], oneImage: boolean): Descriptor[] {
  const { architecture } = hostArchitecture();
  const images = manifests.filter(
    ({ mediaType, platform }) =>
      (mediaType === undefined || Object.values<string>(MEDIA).includes(mediaType)) &&
      (platform === undefined || (platform.os === 'linux' && platform.architecture === architecture)),
  );
  if (images.length === 0) throw new Fault('invalid', `no image for linux/${architecture} in archive`);
  return oneImage ? images.slice(0, 1) : images;
}

/** containerd's annotation has the whole name; OCI's may be a tag alone, which names nothing. */
function nameOf({ annotations = {} }: Descriptor): string[] {
  const reference = annotations['org.opencontainers.image.ref.name'] ?? '';
  const name = annotations['io.containerd.image.name'] ?? (/[/:]/.test(reference) ? reference : '');
  return name && parseReference(name) ? [name] : [];
}

function fileOf({ digest }: Descriptor): string {
  if (!isDigest(digest)) throw new Fault('invalid', `invalid digest in archive: "${digest}"`);
  return `blobs/sha256/${hexOf(digest)}`;
}
