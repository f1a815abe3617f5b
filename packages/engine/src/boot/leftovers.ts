import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@pontoon/fault';
import { containerFolder } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import { timestamp } from '../time.ts';

/** What a crash left of containers that have no record: half-made, or half-removed. */
export async function removeLeftovers(engine: Engine): Promise<void> {
  const unknown = (id: string) => engine.store.containers.get(id) === undefined;
  const attempt = async (what: string, step: () => unknown) => {
    try {
      await step();
    } catch (error) {
      engine.log('warn', `removing what an earlier engine left: ${what}`, { error: messageOf(error) });
    }
  };
  for (const id of engine.containers.list().filter(unknown)) {
    await attempt(`container ${id}`, () => engine.containers.delete(id, { force: true }));
  }
  for (const id of engine.images.rootfsList().filter(unknown)) {
    await attempt(`root file system ${id}`, () => engine.images.removeRootfs(id));
  }
  for (const id of readdirSync(join(engine.options.dataRoot, 'containers')).filter(unknown)) {
    await attempt(`files of ${id}`, () =>
      rmSync(containerFolder(engine, id), { recursive: true, force: true }),
    );
  }
  findVolumes(engine);
}

/** A volume's data is never a leftover: one without a record is taken for what its name says. */
function findVolumes(engine: Engine): void {
  for (const name of readdirSync(join(engine.options.dataRoot, 'volumes'))) {
    if (engine.store.volumes.get(name)) continue;
    const anonymous = /^[0-9a-f]{64}$/.test(name);
    const labels: Record<string, string> = anonymous ? { 'com.docker.volume.anonymous': '' } : {};
    engine.store.volumes.save({ name, created: timestamp(), labels, options: {}, anonymous });
  }
}
