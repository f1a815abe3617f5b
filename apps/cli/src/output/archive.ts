import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Exit } from '../exit.ts';
import type { Context } from '../verb.ts';

/** An archive into a file, which is there whole or not at all, or to a stdout that is no terminal. */
export async function saveTo(
  { stdout }: Context,
  path: string | undefined,
  open: () => Promise<Readable>,
): Promise<void> {
  if (path === undefined) {
    if (stdout.isTTY)
      throw new Exit(1, 'cowardly refusing to save to a terminal. Use the -o flag or redirect');
    await pipeline(await open(), stdout, { end: false });
    return;
  }
  if (!existsSync(dirname(path))) {
    throw new Exit(1, `invalid output path: directory ${JSON.stringify(dirname(path))} does not exist`);
  }
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await pipeline(await open(), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
