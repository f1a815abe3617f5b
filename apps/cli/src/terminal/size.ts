import type { Context } from '../verb.ts';

/** Rows and columns of our terminal, as the API's ConsoleSize has them. */
export function consoleSize({ stdout }: Context): [number, number] | undefined {
  return stdout.isTTY ? [stdout.rows, stdout.columns] : undefined;
}

/** Tells `resize` the size now and whenever it changes; the answer stops it. A process that is gone needs no size. */
export function followSize(
  { stdout }: Context,
  resize: (query: { h: number; w: number }) => Promise<unknown>,
): () => void {
  if (!stdout.isTTY) return () => {};
  const tell = () => void resize({ h: stdout.rows, w: stdout.columns }).catch(() => {});
  tell();
  stdout.on('resize', tell);
  return () => stdout.off('resize', tell);
}
