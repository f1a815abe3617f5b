import type { Readable } from 'node:stream';
import type { ProgressMessage } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { tellOfImage } from './events.ts';

type OnProgress = (message: ProgressMessage) => void;

/** POST /images/load. @returns names, or ids where an image has none */
export async function loadImages(
  engine: Engine,
  source: Readable,
  o: { quiet?: boolean; onProgress?: OnProgress } = {},
): Promise<string[]> {
  const { loaded } = await engine.images.load(source, o);
  for (const name of loaded) tellOfImage(engine, 'load', engine.images.require(name).id, name);
  return loaded;
}

/** GET /images/get */
export async function saveImages(engine: Engine, refs: string[]): Promise<Readable> {
  for (const ref of refs) {
    const image = await engine.images.resolve(ref);
    tellOfImage(engine, 'save', image.id, ref);
  }
  return engine.images.save(refs);
}

/** POST /images/create?fromSrc=-. @returns the new image's id */
export async function importImage(
  engine: Engine,
  source: Readable,
  o: { reference?: string; message?: string; changes?: string[]; onProgress?: OnProgress } = {},
): Promise<string> {
  const id = await engine.images.importRootfs(source, o);
  tellOfImage(engine, 'import', id, o.reference ?? id);
  return id;
}
