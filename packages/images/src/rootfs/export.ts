import { Readable } from 'node:stream';
import { pack } from '../tree/pack.ts';
import type { Rootfs } from './rootfs.ts';

/** GET /containers/{id}/export: the whole root file system as a tar, whether the container runs or not. */
export function exportRootfs(rootfs: Rootfs, container: string): Readable {
  rootfs.record(container);
  return Readable.from(content(rootfs, container), { objectMode: false });
}

async function* content(rootfs: Rootfs, container: string): AsyncGenerator<Buffer> {
  if (rootfs.isMounted(container)) return yield* pack(rootfs.merged(container));
  const view = rootfs.view(container);
  try {
    yield* pack(view.path);
  } finally {
    view.close();
  }
}
