/** Image archives made by hand, honest and hostile: what `docker load` and `docker import` are fed with. */
import { createHash } from 'node:crypto';

export interface Entry {
  name: string;
  /** '0' file, '1' hard link, '2' symbolic link, '3' character device, '5' folder (ustar, POSIX.1-1988). */
  type?: '0' | '1' | '2' | '3' | '5';
  content?: string | Uint8Array;
  link?: string;
  mode?: number;
}

/** A ustar archive. Names are taken as they are, "../" included. */
export function tar(entries: Entry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header({ name, type = '0', link = '', mode = 0o644 }: Entry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  block.write(name, 0, 100);
  octal(type === '5' ? 0o755 : mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(1700000000, 136, 12);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write('ustar\x0000', 257, 'latin1');
  octal(1, 329, 8);
  octal(3, 337, 8);
  block.fill(' ', 148, 156);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

export interface Image {
  tags: string[];
  layers: Uint8Array[];
  config?: Record<string, unknown>;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function configuration({ layers, config = {} }: Image): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created: '2026-01-01T00:00:00Z',
      config: { Cmd: ['sh'], ...config },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${digest(layer)}`) },
      history: layers.map((_, index) => ({ created: '2026-01-01T00:00:00Z', created_by: `layer ${index}` })),
    }),
  );
}

/** As `docker save` writes it: manifest.json, a configuration, a tar a layer (image-spec v1.2). */
export function dockerArchive(...images: Image[]): Buffer {
  const parts = images.map((image) => {
    const text = configuration(image);
    const layers = image.layers.map((layer) => ({ name: `${digest(layer)}/layer.tar`, content: layer }));
    const manifest = {
      Config: `${digest(text)}.json`,
      RepoTags: image.tags,
      Layers: layers.map(({ name }) => name),
    };
    return { manifest, files: [{ name: manifest.Config, content: text }, ...layers] };
  });
  const manifest = JSON.stringify(parts.map((part) => part.manifest));
  return tar([...parts.flatMap((part) => part.files), { name: 'manifest.json', content: manifest }]);
}

/** An OCI image layout in a tar. */
export function ociArchive(image: Image): Buffer {
  const blobs = new Map<string, Uint8Array>();
  const blob = (bytes: Uint8Array, mediaType: string): Record<string, unknown> => {
    blobs.set(`blobs/sha256/${digest(bytes)}`, bytes);
    return { mediaType, digest: `sha256:${digest(bytes)}`, size: bytes.length };
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: blob(configuration(image), 'application/vnd.oci.image.config.v1+json'),
    layers: image.layers.map((layer) => blob(layer, 'application/vnd.oci.image.layer.v1.tar')),
  };
  const entry = blob(Buffer.from(JSON.stringify(manifest)), 'application/vnd.oci.image.manifest.v1+json');
  const annotations = {
    'io.containerd.image.name': `docker.io/library/${image.tags[0]}`,
    'org.opencontainers.image.ref.name': image.tags[0]?.split(':')[1],
  };
  const index = { schemaVersion: 2, manifests: [{ ...entry, annotations }] };
  return tar([
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify(index) },
    ...[...blobs].map(([name, content]) => ({ name, content })),
  ]);
}
