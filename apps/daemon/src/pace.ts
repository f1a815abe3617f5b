/** Writing at the reader's pace. */
import type { Writable } from 'node:stream';

/** Writes, and waits while the reader is behind; false once it is gone. An error is a reader that is gone. */
export async function written(target: Writable, part: string | Uint8Array): Promise<boolean> {
  if (target.destroyed) return false;
  if (target.write(part)) return true;
  await new Promise<void>((resolve) => {
    const proceed = (): void => {
      target.off('drain', proceed).off('close', proceed);
      resolve();
    };
    target.on('drain', proceed).on('close', proceed);
  });
  return !target.destroyed;
}
