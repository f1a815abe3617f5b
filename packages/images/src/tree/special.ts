import { constants } from 'node:fs';
import { Fault } from '@pontoon/fault';
import { makeNode } from '@pontoon/sys';
import type { TarEntry } from '../tar/entry.ts';
import { quoted } from './name.ts';

/** A device node or a named pipe: mknod(2). @throws {Fault} for a device where none is allowed */
export function makeSpecial(path: Uint8Array, entry: TarEntry, devices: boolean): void {
  const pipe = entry.type === 'fifo';
  if (!pipe && !devices)
    throw new Fault('invalid', `device node ${quoted(entry.name)} in archive: wanted none`);
  const device = entry.type === 'character' ? constants.S_IFCHR : constants.S_IFBLK;
  makeNode(path, (pipe ? constants.S_IFIFO : device) | 0o600, entry.major, entry.minor);
}
