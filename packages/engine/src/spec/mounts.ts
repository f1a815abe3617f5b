import { join } from 'node:path';
import type { HostConfig } from '@pontoon/api';
import type { MountInput } from '@pontoon/oci';
import type { MountRecord } from '../record.ts';
import { cleanPath } from '../volume/bind.ts';

export function mountsOf(mounts: MountRecord[]): MountInput[] {
  return mounts.map((mount): MountInput => {
    if (mount.Type === 'tmpfs') {
      return { kind: 'tmpfs', destination: mount.Destination, options: mount.options ?? [] };
    }
    return {
      kind: 'bind',
      source: mount.subpath ? join(mount.Source, join('/', mount.subpath)) : mount.Source,
      destination: mount.Destination,
      readonly: !mount.RW,
      ...(mount.Propagation ? { propagation: mount.Propagation } : {}),
      ...(mount.nonRecursive ? { nonRecursive: true } : {}),
    };
  });
}

/** `--tmpfs /run:size=64m` */
export function tmpfsOf({ Tmpfs }: HostConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(Tmpfs ?? {}).map(([path, options]) => [cleanPath(path), options]));
}
