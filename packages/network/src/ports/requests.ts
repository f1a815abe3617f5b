import { Fault } from '@pontoon/fault';
import type { PortRequest, PublishedPort } from '../intent.ts';

/** A request with its host address decided: what is still open is the host's port. */
export interface Wish {
  protocol: PublishedPort['protocol'];
  containerPort: number;
  /** All of these get the same port. */
  hostAddresses: string[];
  /** Candidates, first to last; 0 to 0 for a random one. */
  hostPort: number;
  hostPortEnd: number;
  /** Ports in a row, the same distance on both sides. */
  count: number;
  allow?: string[];
}

/** One wish a port, except that ports in a row, as a CLI's range becomes many, are taken together again. */
export function wishesOf(requests: PortRequest[], defaultAddresses: string[]): Wish[] {
  const wishes = requests.flatMap(eachPort).map((request) => wishOf(request, defaultAddresses));
  const merged: Wish[] = [];
  for (const wish of wishes.toSorted(byPlace)) {
    const last = merged.at(-1);
    if (last && follows(last, wish)) last.count += wish.count;
    else merged.push(wish);
  }
  return merged;
}

/** A range of container ports as one request a port. @throws {Fault} invalid, with Docker's text */
export function eachPort({ containerPortEnd, ...request }: PortRequest): PortRequest[] {
  const { containerPort, hostPort = 0, hostPortEnd = hostPort } = request;
  const width = (containerPortEnd ?? containerPort) - containerPort + 1;
  check(request, width, hostPortEnd - hostPort + 1);
  if (width === 1) return [request];
  return Array.from({ length: width }, (_, offset) => ({
    ...{ ...request, containerPort: containerPort + offset, hostPortEnd: undefined },
    hostPort: hostPort > 0 ? hostPort + offset : 0,
  }));
}

function wishOf(request: PortRequest, defaultAddresses: string[]): Wish {
  const { protocol, containerPort, hostAddress, hostPort = 0, allow } = request;
  return {
    ...{ protocol, containerPort, hostPort, hostPortEnd: request.hostPortEnd ?? hostPort, count: 1 },
    hostAddresses: hostAddress ? [hostAddress] : defaultAddresses,
    ...(allow ? { allow } : {}),
  };
}

function check({ containerPort, hostPort = 0 }: PortRequest, width: number, hostWidth: number): void {
  const highest = Math.max(containerPort + width - 1, hostPort + hostWidth - 1);
  if (containerPort < 1 || width < 1 || hostWidth < 1 || hostPort < 0 || highest > 65535)
    throw new Fault('invalid', `invalid port specification: ${hostPort}:${containerPort}`);
  if (width > 1 && hostPort > 0 && width !== hostWidth)
    throw new Fault('invalid', 'Invalid ranges specified for container and host Ports');
}

const byPlace = (a: Wish, b: Wish): number =>
  a.protocol.localeCompare(b.protocol) ||
  a.hostAddresses.join().localeCompare(b.hostAddresses.join()) ||
  (a.allow ?? []).join().localeCompare((b.allow ?? []).join()) ||
  a.hostPort - b.hostPort ||
  a.containerPort - b.containerPort;

/** Only the same number on both sides makes one element of a range: others stay single. */
function follows(last: Wish, wish: Wish): boolean {
  return (
    last.hostPort > 0 &&
    last.hostPort === last.containerPort &&
    wish.hostPort === wish.containerPort &&
    last.hostPort + last.count === wish.hostPort &&
    (last.count > 1 || last.hostPortEnd === last.hostPort) &&
    wish.hostPortEnd === wish.hostPort &&
    last.protocol === wish.protocol &&
    last.hostAddresses.join() === wish.hostAddresses.join() &&
    (last.allow ?? []).join() === (wish.allow ?? []).join()
  );
}
