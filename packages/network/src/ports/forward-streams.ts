import { connect, createServer, type Socket } from 'node:net';
import type { BoundPort } from '@pontoon/sys';
import type { Forwarder, Target } from './forward.ts';

/** A peer that vanished without a word is found by then, and its connection closed: tcp(7), TCP_KEEPIDLE. */
const KEEPALIVE_MS = 30_000;
/** As Docker's proxy has it by Go's default: net.core.somaxconn of Linux since 5.4. */
const BACKLOG = 4096;
const half = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS };

/** TCP connections to ::1, each carried by one of the daemon's own. */
export function forwardStreams(held: BoundPort, first: Target): Forwarder {
  let target = first;
  const server = createServer(half, (client) => {
    // What was for another address is translated before it comes here, unless the rules are gone for a moment.
    if (client.localAddress === '::1') carry(client, target);
    else client.resetAndDestroy();
  });
  server.on('error', () => {}); // of one connection that could not be accepted: too many descriptors
  server.listen({ fd: held.descriptor, backlog: BACKLOG });
  return {
    lead: (next) => {
      target = next;
    },
    close: () => void server.close(),
  };
}

/** Both directions by pipes, which stop reading where the other side does not take; each ends by itself (half-close). */
function carry(client: Socket, { address, port }: Target): void {
  const inside = connect({ ...half, host: address, port });
  client.on('error', () => inside.resetAndDestroy());
  inside.on('error', () => client.resetAndDestroy());
  client.pipe(inside).pipe(client);
}
