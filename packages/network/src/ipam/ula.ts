import { createHash } from 'node:crypto';
import type { Pool } from './pools.ts';

/**
 * The pool of unique local IPv6 networks (RFC 4193): fd00::/8, a 40-bit global id that is random but stays the same for
 * this host, and 16 bits of subnet id, so that each network gets a /64. Docker 28 derives its own in the same way.
 */
export function ulaPool(hostIdentity: string): Pool {
  const id = createHash('sha256').update(`pontoon ${hostIdentity}`).digest('hex').slice(0, 10);
  return { base: `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6, 10)}::/48`, size: 64 };
}
