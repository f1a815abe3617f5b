import type { Connection } from '../connection.ts';
import { AF_INET, AF_INET6, addressText } from '../wire/address.ts';

/** include/uapi/linux/sock_diag.h, inet_diag.h, in.h */
const SOCK_DIAG_BY_FAMILY = 20;
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** States of include/net/tcp_states.h, as bits. */
const ESTABLISHED = 1 << 1;
const CLOSE = 1 << 7;
const LISTEN = 1 << 10;
/** Bound, neither listening nor connected; Linux 6.8 and later show these. */
const BOUND_INACTIVE = 1 << 13;

const STATES = {
  tcp: LISTEN | BOUND_INACTIVE,
  // A UDP socket that is bound is in CLOSE; one that is connected too, in ESTABLISHED.
  udp: CLOSE | ESTABLISHED,
  sctp: LISTEN | CLOSE,
} as const;

/** struct inet_diag_req_v2: family, protocol, extensions, padding, states (4), socket id (48). */
const REQUEST_BYTES = 56;

export interface Listener {
  address: string;
  port: number;
}

/**
 * `ss -ln` of one protocol: the ports that cannot be bound now.
 * @throws {SystemError} ENOENT where the kernel has no such protocol
 */
export function listListeners(
  connection: Connection,
  o: { protocol: 'tcp' | 'udp' | 'sctp'; family: 4 | 6 },
): Listener[] {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt8(o.family === 4 ? AF_INET : AF_INET6, 0);
  request.writeUInt8(PROTOCOLS[o.protocol], 1);
  request.writeUInt32LE(STATES[o.protocol], 4);
  const messages = connection.dump(`list ${o.protocol} listeners`, SOCK_DIAG_BY_FAMILY, request);
  return messages.map(({ body }) => ({
    port: body.readUInt16BE(4),
    address: addressText(body.subarray(8, o.family === 4 ? 12 : 24)),
  }));
}
