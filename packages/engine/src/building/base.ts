/** The images that a build begins with: found here or pulled, and handed to buildah. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { AuthConfig, ProgressMessage } from '@pontoon/api';
import { Fault, messageOf } from '@pontoon/fault';
import { parseReference } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { pullImage } from '../image/registry.ts';
import { buildah } from './buildah.ts';
import type { BuildPlace } from './place.ts';

export interface BaseOptions {
  pull: boolean;
  platform?: string | undefined;
  /** By registry, as the header X-Registry-Config has them. */
  auths: Record<string, AuthConfig>;
  onProgress: (message: ProgressMessage) => void;
  signal: AbortSignal;
}

/** @returns id, 64 hex digits: under it buildah has the image too */
export async function handOverImage(
  engine: Engine,
  place: BuildPlace,
  name: string,
  o: BaseOptions,
): Promise<string> {
  const id = await findOrPull(engine, name, o);
  if (!(await isThere(place, id, o.signal))) {
    const archive = join(place.work, 'base.tar');
    await pipeline(engine.images.save([id]), createWriteStream(archive), { signal: o.signal });
    const argv = ['pull', '--quiet', `docker-archive:${archive}`];
    const { status, errors } = await buildah(place, argv, { signal: o.signal });
    await rm(archive);
    if (status !== 0) throw new Fault('internal', `hand "${name}" to buildah: ${errors.at(-1) ?? status}`);
  }
  return id;
}

async function findOrPull(engine: Engine, name: string, o: BaseOptions): Promise<string> {
  const { signal, onProgress, platform } = o;
  if (o.pull || !(await found(engine, name))) {
    const { domain } = parseReference(name);
    const auth = o.auths[domain] ?? (domain === 'docker.io' ? o.auths[dockerHub] : undefined);
    await pullImage(engine, { reference: name, auth, platform, onProgress, signal });
  }
  return engine.images.require(name).id.replace('sha256:', '');
}

/** Docker Hub's name in clients' files of credentials. */
const dockerHub = 'https://index.docker.io/v1/';

async function found(engine: Engine, name: string): Promise<boolean> {
  try {
    await engine.images.resolve(name);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.kind === 'not-found') return false;
    throw error;
  }
}

async function isThere(place: BuildPlace, id: string, signal: AbortSignal): Promise<boolean> {
  const { status, lines, errors } = await buildah(place, ['images', '--all', '--quiet', '--no-trunc'], {
    signal,
  });
  if (status !== 0) throw new Fault('internal', `list buildah's images: ${messageOf(errors.at(-1))}`);
  return lines.includes(`sha256:${id}`);
}
