import { readdirSync, type Stats } from 'node:fs';
import { lookup } from '../layer/lookup.ts';
import { isWhiteout } from '../layer/whiteout.ts';
import { textOf } from '../tar/entry.ts';
import { Folder } from '../tree/folder.ts';

/** GET /containers/{id}/changes: 0 modified, 1 added, 2 deleted. */
export interface Change {
  Path: string;
  Kind: 0 | 1 | 2;
}

const [MODIFIED, ADDED, DELETED] = [0, 1, 2] as const;

/**
 * What differs between an upper folder and the layers below it, by moby's rules (pkg/archive/changes.go): a folder is
 * told when itself changed, or when something in it came or went.
 * @param lower the uppermost first
 */
export function changes(upper: string, lower: string[]): Change[] {
  const found: Change[] = [];
  const folder = Folder.open(upper);
  try {
    collect(folder, lower, '', found, new Set());
  } finally {
    folder.close();
  }
  return found;
}

function collect(folder: Folder, lower: string[], path: string, found: Change[], told: Set<string>): void {
  const names = readdirSync(Buffer.from(folder.path), { encoding: 'latin1' }).sort();
  for (const name of names) {
    const status = folder.status(name);
    if (!status) continue;
    const below = path ? `${path}/${name}` : name;
    tell(below, kindOf(status, lookup(lower, below)?.status), path, found, told, status);
    if (!status.isDirectory()) continue;
    const inner = folder.child(name);
    try {
      collect(inner, lower, below, found, told);
    } finally {
      inner.close();
    }
  }
}

function tell(
  path: string,
  kind: Change['Kind'] | undefined,
  above: string,
  found: Change[],
  told: Set<string>,
  status: Stats,
): void {
  if (kind === undefined) return;
  if (kind !== MODIFIED && above && !told.has(above)) {
    told.add(above);
    found.push({ Path: `/${textOf(above)}`, Kind: MODIFIED });
  }
  if (status.isDirectory()) told.add(path);
  found.push({ Path: `/${textOf(path)}`, Kind: kind });
}

/** Undefined for a folder that is only there because of what is in it. */
function kindOf(status: Stats, before: Stats | undefined): Change['Kind'] | undefined {
  if (isWhiteout(status)) return DELETED;
  if (!before) return ADDED;
  const same = status.isDirectory() && before.isDirectory() && status.mode === before.mode;
  return same && Math.floor(status.mtimeMs) === Math.floor(before.mtimeMs) ? undefined : MODIFIED;
}
