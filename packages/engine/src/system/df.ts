import type { DiskUsage } from '@pontoon/api';
import { listContainers } from '../container/list.ts';
import { volumeData } from '../container/places.ts';
import type { Engine } from '../engine.ts';
import { listImages } from '../image/list.ts';
import { usersOfVolume } from '../volume/discard.ts';
import { describeVolume } from '../volume/shape.ts';
import { folderSize } from '../volume/size.ts';

/** GET /system/df. @param o types: container, image, volume, build-cache; all where none is named */
export async function diskUsage(engine: Engine, o: { types?: string[] } = {}): Promise<DiskUsage> {
  const wanted = (type: string) => !o.types?.length || o.types.includes(type);
  return {
    LayersSize: wanted('image') ? engine.images.usage() : 0,
    Images: wanted('image') ? await listImages(engine, { all: true, sharedSize: true }) : null,
    Containers: wanted('container') ? await listContainers(engine, { all: true, size: true }) : null,
    Volumes: wanted('volume') ? await volumes(engine) : null,
    BuildCache: wanted('build-cache') ? [] : null,
  };
}

function volumes(engine: Engine) {
  return Promise.all(
    engine.store.volumes.all().map(async (record) => ({
      ...describeVolume(engine, record),
      UsageData: {
        Size: await folderSize(volumeData(engine, record.name)),
        RefCount: usersOfVolume(engine, record.name).length,
      },
    })),
  );
}
