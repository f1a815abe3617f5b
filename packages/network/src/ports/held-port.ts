import { Fault, messageOf } from '@pontoon/fault';
import { listListeners, openDiagnosis } from '@pontoon/netlink';
import { type BoundPort, bindPort, listenOn, SystemError } from '@pontoon/sys';
import { familyOf } from '../address.ts';
import type { EndpointAddress, PublishedPort } from '../intent.ts';
import { reachesSelf } from './forward.ts';

/**
 * A bound socket for each port, so that no other process of the host can take it. None where the kernel has no such
 * sockets (SCTP without CONFIG_IP_SCTP): it translates them all the same.
 * @param addresses the endpoint's, for the text of errors
 * @throws {Fault} internal, with Docker's text; then none is held
 */
export function bindEach(port: PublishedPort, addresses: EndpointAddress[]): BoundPort[] {
  const sockets: BoundPort[] = [];
  try {
    for (let offset = 0; offset < port.count; offset++) {
      sockets.push(bindOne(port, port.hostPort + offset));
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    if (isUnsupported(error)) return [];
    throw refusal(port, port.hostPort + sockets.length, addresses, wordsOf(error), error);
  }
}

/** A forwarder's port listens from the start: with connections of its last one still open it could not be held else. */
function bindOne(port: PublishedPort, number: number): BoundPort {
  const { protocol, hostAddress: address } = port;
  const reuse = protocol === 'tcp' && reachesSelf(port);
  const socket = bindPort({ protocol, address, port: number, reuse });
  if (!reuse) return socket;
  try {
    listenOn(socket);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

const isUnsupported = (error: unknown): boolean =>
  error instanceof SystemError && ['EPROTONOSUPPORT', 'ESOCKTNOSUPPORT'].includes(error.code);

/**
 * One dump of the host's sockets in place of thousands of bound ones. Of both families, since an IPv6 socket may take
 * IPv4 too (ipv6(7), IPV6_V6ONLY); whether one is in the way only bind(2) can tell.
 */
export function refuseListeners(port: PublishedPort, addresses: EndpointAddress[]): void {
  const end = port.hostPort + port.count;
  for (const number of listeningPorts(port.protocol)) {
    if (number < port.hostPort || number >= end) continue;
    const one = { ...port, hostPort: number, containerPort: port.containerPort + number - port.hostPort };
    for (const socket of bindEach({ ...one, count: 1 }, addresses)) socket.close();
  }
}

function listeningPorts(protocol: PublishedPort['protocol']): Set<number> {
  const connection = openDiagnosis();
  try {
    const listeners = ([4, 6] as const).flatMap((family) => listListeners(connection, { protocol, family }));
    return new Set(listeners.map(({ port }) => port));
  } finally {
    connection.close();
  }
}

/** moby, libnetwork/portmapper: "failed to bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use". */
function refusal(
  port: PublishedPort,
  hostPort: number,
  addresses: EndpointAddress[],
  words: string,
  cause?: unknown,
): Fault {
  const inside = addresses.find(({ family }) => family === familyOf(port.hostAddress))?.address ?? '';
  const containerPort = port.containerPort + hostPort - port.hostPort;
  const place = `${bracketed(port.hostAddress)}:${hostPort}:${bracketed(inside)}:${containerPort}/${port.protocol}`;
  return new Fault('internal', `failed to bind host port for ${place}: ${words}`, { cause });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof SystemError)) return messageOf(error);
  const words: Record<string, string> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'cannot assign requested address',
    EACCES: 'permission denied',
  };
  return words[error.code] ?? error.message;
}

export const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
