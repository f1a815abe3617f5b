import { Fault } from '@pontoon/fault';
import { type Digest, digestOf, isDigest } from '../content/digest.ts';
import { MEDIA } from '../content/media.ts';
import { hostArchitecture } from '../store/config.ts';
import { textOfBody } from './request.ts';
import type { Session } from './session.ts';

export interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
  platform?: Platform;
}

export interface Platform {
  architecture: string;
  os: string;
  variant?: string;
}

/** One image's: OCI image-spec manifest.md, Docker's manifest v2 schema 2; both have the same fields. */
export interface Manifest {
  schemaVersion: number;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
}

interface Index {
  manifests: Descriptor[];
}

export interface Fetched {
  /** Of the bytes as they came. */
  digest: Digest;
  mediaType: string;
  bytes: Buffer;
  content: Manifest | Index;
}

const ACCEPT = [MEDIA.ociIndex, MEDIA.dockerList, MEDIA.ociManifest, MEDIA.dockerManifest].join(', ');
const NO_SCHEMA_1 =
  'support for Docker Image manifest version 2, schema 1 has been removed: the image has to be pushed again by a newer engine';

/** GET /v2/<name>/manifests/<tag or digest>. @throws {Fault} where the bytes are not what the digest says */
export async function fetchManifest(session: Session, reference: string): Promise<Fetched> {
  const answer = await session.request(`manifests/${reference}`, [200], { headers: { accept: ACCEPT } });
  const bytes = await textOfBody(answer.body);
  const digest = digestOf(bytes);
  if (isDigest(reference) && digest !== reference) {
    throw new Fault('invalid', `manifest verification failed for digest ${reference}`);
  }
  const content = parse(bytes);
  const mediaType = content.mediaType ?? answer.headers['content-type']?.split(';')[0] ?? MEDIA.ociManifest;
  return { digest, mediaType, bytes, content };
}

function parse(bytes: Buffer): (Manifest | Index) & { mediaType?: string } {
  const value = JSON.parse(bytes.toString()) as Partial<Manifest & Index>;
  if (value?.schemaVersion === 1) throw new Fault('invalid', NO_SCHEMA_1);
  const isIndex = Array.isArray(value?.manifests) && value.manifests.every(isDescriptor);
  const isManifest =
    isDescriptor(value?.config) && Array.isArray(value.layers) && value.layers.every(isDescriptor);
  if (!isIndex && !isManifest) throw new Fault('invalid', 'missing or empty content in manifest');
  return value as Manifest;
}

function isDescriptor(value: unknown): value is Descriptor {
  const { digest, size } = (value ?? {}) as Partial<Descriptor>;
  return (
    typeof digest === 'string' && isDigest(digest) && Number.isSafeInteger(size) && (size as number) >= 0
  );
}

export function isIndex(content: Manifest | Index): content is Index {
  return 'manifests' in content;
}

/**
 * The manifest of one image: from a list, that of a platform.
 * @param platform `linux/arm64[/v8]`; undefined: this machine's
 * @throws {Fault} not-found, where the list lacks it
 */
export async function chooseManifest(
  session: Session,
  fetched: Fetched,
  platform?: string,
): Promise<Manifest> {
  if (!isIndex(fetched.content)) return fetched.content;
  const wanted = parsePlatform(platform);
  const chosen = choose(fetched.content.manifests, wanted);
  if (!chosen) {
    const text = [wanted.os, wanted.architecture, wanted.variant].filter(Boolean).join('/');
    throw new Fault('not-found', `no matching manifest for ${text} in the manifest list entries`);
  }
  return chooseManifest(session, await fetchManifest(session, chosen.digest), platform);
}

function choose(manifests: Descriptor[], wanted: Platform): Descriptor | undefined {
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  const exact = fitting.find(({ platform }) => platform?.variant === wanted.variant);
  return (
    exact ?? fitting.find(({ platform }) => wanted.variant === undefined || platform?.variant === undefined)
  );
}

export function parsePlatform(text: string | undefined): Platform {
  if (!text) return { os: 'linux', ...hostArchitecture() };
  const parts = text.toLowerCase().split('/');
  const [first = '', second, variant] = parts;
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]+$/.test(part))) {
    throw new Fault('invalid', `"${text}": unknown operating system or architecture: invalid argument`);
  }
  const [os, architecture] = second === undefined ? ['linux', first] : [first, second];
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
