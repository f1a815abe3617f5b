import { mkdirSync } from 'node:fs';
import { Blobs } from '../content/blobs.ts';
import { Layers } from '../layer/layers.ts';
import { Rootfs } from '../rootfs/rootfs.ts';
import { Catalogue } from './catalogue.ts';

/** All that is kept: what the verbs of this room work on. */
export interface Store {
  root: string;
  blobs: Blobs;
  layers: Layers;
  catalogue: Catalogue;
  rootfs: Rootfs;
}

/**
 * @param root where everything is kept
 * @param runRoot where root file systems are mounted, below `rootfs/`
 */
export function openStore({ root, runRoot }: { root: string; runRoot: string }): Store {
  mkdirSync(root, { recursive: true, mode: 0o710 });
  const layers = new Layers(root);
  return {
    root,
    blobs: new Blobs(root),
    layers,
    catalogue: new Catalogue(root),
    rootfs: new Rootfs({ root, runRoot, layers }),
  };
}
