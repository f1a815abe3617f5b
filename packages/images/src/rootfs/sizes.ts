import { lstat, readdir } from 'node:fs/promises';

/** Bytes of all regular files below a folder, a file of several names counted once. Names are bytes. */
export async function sizeOf(folder: string): Promise<number> {
  return sizeBelow(Buffer.from(folder), new Set());
}

async function sizeBelow(folder: Buffer, seen: Set<string>): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(gone)) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) size += await sizeBelow(path, seen);
    if (!entry.isFile()) continue;
    const status = await lstat(path).catch(() => undefined); // a running container may take it away
    const key = `${status?.dev}:${status?.ino}`;
    if (!status || seen.has(key)) continue;
    if (status.nlink > 1) seen.add(key);
    size += status.size;
  }
  return size;
}

function gone(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
