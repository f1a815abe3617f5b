import { constants, type Stats } from 'node:fs';
import { getAttribute, makeNode, setAttribute } from '@pontoon/sys';
import { entryOf, type TarEntry } from '../tar/entry.ts';
import type { Folder } from '../tree/folder.ts';

/** OCI image-spec, layer.md, "Whiteouts". */
const WHITEOUT = '.wh.';
/** Everything from below is gone from this folder. */
const OPAQUE = '.wh..wh..opq';
/** What else starts so is aufs's own, and means nothing here. */
const META = '.wh..wh.';

/** overlayfs's mark for the same: kernel Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories". */
const OPAQUE_ATTRIBUTE = 'trusted.overlay.opaque';

/**
 * Puts a whiteout of an archive the way that overlayfs has it.
 * @param lowest the layer has none below it: there is nothing to hide, and a device node would only be in the way
 * @returns whether the entry was one
 */
export function placeWhiteout(entry: TarEntry, folder: Folder, base: string, lowest: boolean): boolean {
  if (!base.startsWith(WHITEOUT) || entry.type === 'directory') return false;
  if (base === OPAQUE) {
    if (!lowest) setAttribute(folder.path, OPAQUE_ATTRIBUTE, Buffer.from('y'));
    return true;
  }
  const hidden = base.slice(WHITEOUT.length);
  if (base.startsWith(META) || hidden === '' || hidden === '.' || hidden === '..') return true;
  folder.remove(hidden);
  if (!lowest) makeNode(folder.at(hidden), constants.S_IFCHR);
  return true;
}

export function isWhiteout(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === 0;
}

export function isOpaque(path: Uint8Array | string): boolean {
  return getAttribute(path, OPAQUE_ATTRIBUTE)?.toString() === 'y';
}

/** The reverse, when an upper folder becomes a layer's archive. */
export function writeWhiteout(entry: TarEntry, folder: Folder, base: string, status: Stats): TarEntry[] {
  const above = entry.name.slice(0, entry.name.length - base.length);
  const mark = (name: string) => entryOf({ name, type: 'file', mode: 0, mtime: entry.mtime });
  if (isWhiteout(status)) return [mark(`${above}${WHITEOUT}${base}`)];
  if (status.isDirectory() && isOpaque(folder.at(base))) return [entry, mark(`${entry.name}/${OPAQUE}`)];
  return [entry];
}
