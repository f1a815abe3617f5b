import type { BoundPort } from '@pontoon/sys';
import { isUnspecified } from '../address.ts';
import type { EndpointAddress, PublishedPort } from '../intent.ts';
import { forwardDatagrams } from './forward-datagrams.ts';
import { forwardStreams } from './forward-streams.ts';

/** Where a port leads: an address inside, and the port there. */
export interface Target {
  address: string;
  port: number;
}

/** What the daemon itself carries from a port of the host into a container. */
export interface Forwarder {
  /** New connections lead there; those that are open stay where they are. */
  lead(target: Target): void;
  /** Frees the port at once; open connections go on to their end. */
  close(): void;
}

/**
 * The daemon's own way for `[::1]`, the one address of the host whose packets no translation can lead out of it: the
 * kernel takes an answer to ::1 from no wire (net/ipv6/ip6_input.c) and has no route_localnet for IPv6. It works on the
 * socket that holds the port, so it costs no descriptor more, and what it carries ends with the daemon.
 */
export function openForwarder(port: PublishedPort, socket: BoundPort, target: Target): Forwarder | undefined {
  if (port.protocol === 'sctp') return undefined;
  return port.protocol === 'tcp' ? forwardStreams(socket, target) : forwardDatagrams(socket, target);
}

/** Inside by the same family where the endpoint has it: then the port there is told an IPv6 client. */
export function targetOf(
  port: PublishedPort,
  offset: number,
  addresses: EndpointAddress[],
): Target | undefined {
  const inside = addresses.find(({ family }) => family === 6) ?? addresses[0];
  return inside && { address: inside.address, port: port.containerPort + offset };
}

export const reachesSelf = ({ hostAddress }: PublishedPort): boolean =>
  hostAddress === '::1' || (isUnspecified(hostAddress) && hostAddress.includes(':'));
