import { open, rename, writeFile } from 'node:fs/promises';

/** fsync(2) of a folder: makes a rename in it last through a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Replaces a file as a whole: after a crash it is the old one or the new one. */
export async function replaceFile(folder: string, name: string, content: string): Promise<void> {
  const next = `${folder}/.${name}.next`;
  await writeFile(next, content, { mode: 0o600, flush: true });
  await rename(next, `${folder}/${name}`);
  await syncFolder(folder);
}
