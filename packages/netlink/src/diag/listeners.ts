import { addressText, FAMILY, type Family } from '../address.ts';
import type { Connection } from '../connection.ts';

/** include/uapi/linux/sock_diag.h, inet_diag.h */
const SOCK_DIAG_BY_FAMILY = 20;
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;
const TCP_LISTEN = 1 << 10;
/** Bound, but neither connected nor listening (TCP_CLOSE): what holds a port without serving it; all of UDP too. */
const TCP_CLOSE = 1 << 7;

export interface Listener {
  address: string;
  port: number;
}

/** `ss -ln` of one protocol and family, in one dump. */
export function listListeners(
  connection: Connection,
  o: { protocol: 'tcp' | 'udp' | 'sctp'; family: Family },
): Listener[] {
  const request = Buffer.alloc(56); // struct inet_diag_req_v2
  request.writeUInt8(FAMILY[o.family], 0);
  request.writeUInt8(PROTOCOLS[o.protocol], 1);
  request.writeUInt32LE(o.protocol === 'tcp' ? TCP_LISTEN : TCP_LISTEN | TCP_CLOSE, 4);
  const messages = connection.dump(`list ${o.protocol} listeners`, SOCK_DIAG_BY_FAMILY, request);
  return messages.map(({ body }) => ({
    port: body.readUInt16BE(4),
    address: addressText(body.subarray(8, o.family === 4 ? 12 : 24)),
  }));
}
