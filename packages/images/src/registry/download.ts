import { setTimeout as delay } from 'node:timers/promises';
import { ReachError } from './errors.ts';
import type { Descriptor } from './manifest.ts';
import type { Session } from './session.ts';

/** Docker's number (max-download-attempts). */
const ATTEMPTS = 5;

/**
 * GET /v2/<name>/blobs/<digest>. Where the connection breaks, it goes on from there. Whether the bytes are right is
 * for the one who stores them.
 * @param onRetry is told the seconds to wait
 */
export async function* download(
  session: Session,
  { digest, size }: Descriptor,
  o: { signal?: AbortSignal | undefined; onRetry?: (wait_s: number) => void } = {},
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const piece of from(session, digest, position, o.signal)) {
        position += piece.length;
        yield piece;
      }
      if (position >= size) return;
      throw new ReachError(`Get "${digest}": unexpected EOF`);
    } catch (error) {
      const broken = error instanceof ReachError || isBroken(error);
      if (!broken || attempt >= ATTEMPTS || o.signal?.aborted) throw error;
      o.onRetry?.(attempt);
      await delay(attempt * 1000, undefined, o.signal ? { signal: o.signal } : {});
    }
  }
}

function isBroken(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes((error as { code?: string }).code ?? '');
}

/** A registry that knows no ranges starts again: what is known already is left out. */
async function* from(
  session: Session,
  digest: string,
  position: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const headers: Record<string, string> = position > 0 ? { range: `bytes=${position}-` } : {};
  const answer = await session.request(`blobs/${digest}`, [200, 206], { headers, signal });
  let skip = answer.status === 206 ? 0 : position;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    const rest = piece.subarray(skip);
    skip -= piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
