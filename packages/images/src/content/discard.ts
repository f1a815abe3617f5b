import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes a tree aside, while other work goes on. One that cannot be removed now has a name with a dot in front, and
 * is tried again at the next start.
 */
export function discard(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true }).catch(() => {});
}

/** What was not whole, or not wholly gone, when the engine stopped: names with a dot in front. */
export function discardLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('.')) void discard(join(folder, name));
}
