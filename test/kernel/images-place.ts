import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Images, openImages, type RegistrySettings } from '@pontoon/images';
import { unmount } from '@pontoon/sys';

/** Images in a folder of their own; mounts and files are gone at the end of the block. */
export interface ImagesPlace extends AsyncDisposable {
  root: string;
  images: Images;
  /** The same folders, opened again, as after a crash. */
  reopen(): Promise<Images>;
  path(...parts: string[]): string;
}

export async function openImagesPlace(settings: RegistrySettings = {}): Promise<ImagesPlace> {
  const root = mkdtempSync(join(tmpdir(), 'pontoon-images-'));
  const reopen = () => openImages({ root: join(root, 'images'), runRoot: join(root, 'run'), ...settings });
  return {
    root,
    images: await reopen(),
    reopen,
    path: (...parts) => join(root, ...parts),
    async [Symbol.asyncDispose]() {
      for (const name of readdirSync(join(root, 'run', 'rootfs'))) unmount(join(root, 'run', 'rootfs', name));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The bytes as a stream, in pieces that split everything. */
export async function* streamOf(bytes: Buffer, piece = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

export async function bytesFrom(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** What a shell prints. */
export function shell(script: string, input?: Uint8Array): string {
  return execFileSync('sh', ['-ec', script], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: 'pipe',
    input: input ?? '',
  });
}
