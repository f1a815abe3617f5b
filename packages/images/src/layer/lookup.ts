import { lstatSync, type Stats } from 'node:fs';
import { bytesOf } from '../tar/entry.ts';
import { isOpaque, isWhiteout } from './whiteout.ts';

/**
 * What a path is in a stack of layers, as overlayfs would show it.
 * @param layers folders, the uppermost first
 * @param path below the root, no link is followed; a byte string
 */
export function lookup(layers: string[], path: string): { layer: string; status: Stats } | undefined {
  const parts = path.split('/');
  for (const layer of layers) {
    const found = walk(layer, parts);
    if (found === 'hidden') return undefined;
    if (found !== 'below') return { layer, status: found };
  }
  return undefined;
}

/** One layer's word: here it is, it is hidden, or ask the layer below. */
function walk(layer: string, parts: string[]): Stats | 'hidden' | 'below' {
  let opaque = false;
  let at: Buffer = Buffer.from(layer);
  for (const [index, part] of parts.entries()) {
    at = Buffer.concat([at, Buffer.from('/'), bytesOf(part)]);
    const status = lstatSync(at, { throwIfNoEntry: false });
    if (!status) return opaque ? 'hidden' : 'below';
    if (isWhiteout(status)) return 'hidden';
    if (index === parts.length - 1) return status;
    if (!status.isDirectory()) return 'hidden';
    opaque ||= isOpaque(at);
  }
  return 'below';
}
