import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { tellOfImage, wholeName } from './events.ts';

/** POST /images/{name}/tag */
export async function tagImage(engine: Engine, ref: string, repo: string, tag?: string): Promise<void> {
  if (!repo) throw new Fault('invalid', 'repository name must have at least one component');
  const name = tag ? `${repo}:${tag}` : repo;
  await engine.images.tag(ref, name);
  tellOfImage(engine, 'tag', engine.images.require(ref).id, wholeName(name));
}
