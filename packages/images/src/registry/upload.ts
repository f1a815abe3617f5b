import type { Digest } from '../content/digest.ts';
import type { Session } from './session.ts';

/**
 * Stores a blob in a registry: distribution-spec, "Pushing blobs", by POST, one PATCH with all bytes, PUT.
 * @returns false where it was there already
 */
export async function upload(
  session: Session,
  o: { digest: Digest; size: number; content: () => AsyncIterable<Uint8Array> },
): Promise<boolean> {
  if (await isThere(session, o.digest)) return false;
  const started = await session.request('blobs/uploads/', [202], { method: 'POST', body: Buffer.alloc(0) });
  started.body.resume();
  const sent = await session.request(locationOf(session, started.headers.location), [202], {
    method: 'PATCH',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(o.size) },
    body: o.content(),
  });
  sent.body.resume();
  const end = locationOf(session, sent.headers.location);
  end.searchParams.set('digest', o.digest);
  const stored = await session.request(end, [201], { method: 'PUT', body: Buffer.alloc(0) });
  stored.body.resume();
  return true;
}

async function isThere(session: Session, digest: Digest): Promise<boolean> {
  const answer = await session.request(`blobs/${digest}`, [200, 404], { method: 'HEAD' });
  answer.body.resume();
  return answer.status === 200;
}

function locationOf(session: Session, location: string | undefined): URL {
  return new URL(location ?? '', session.endpoint.origin);
}
