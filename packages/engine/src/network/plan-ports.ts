import type { PortChangeBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { eachPort, type PortRequest, type PublishedPort, singles } from '@pontoon/network';
import { portRequests } from './ports.ts';

/** What a change of ports comes to, port by port. */
export interface PortPlan {
  /** Places (see placeOf) of what the source publishes no more as it did. */
  gone: Set<string>;
  /** Ports of the host that stay held, and lead elsewhere, or let others in, from now on. */
  kept: PublishedPort[];
  /** Ports of the host that become free. */
  released: PublishedPort[];
  /** What is to be chosen and held anew. */
  requests: PortRequest[];
}

/**
 * @param published what the source publishes now: the container itself, or that of `From`
 * @param source name of the container of `From`
 * @throws {Fault} not-found, for what is not published; invalid
 */
export function planPorts(
  published: PublishedPort[],
  { Add, Remove }: PortChangeBody,
  source?: string,
): PortPlan {
  const present = singles(published);
  const byNumber = Map.groupBy(present, numberOf);
  const at = (request: PortRequest) =>
    (isOne(request) ? (byNumber.get(numberOf(request)) ?? []) : present).filter((port) =>
      isAt(port, request),
    );
  const removed = new Set(wanted(Remove).flatMap((request) => removedBy(request, at(request))));
  const kept = new Map<PublishedPort, PublishedPort>();
  const requests = wanted(Add).filter((request) => {
    const { containerPort, allow } = request;
    const mayStay = (port: PublishedPort) =>
      source !== undefined || removed.has(port) || port.containerPort === containerPort;
    const found = isOne(request) ? at(request).filter(mayStay) : [];
    for (const port of found) kept.set(port, { ...port, containerPort, allow });
    return found.length === 0;
  });
  const [stranger] = requests;
  if (source && removed.size === 0 && stranger)
    throw new Fault('not-found', `container ${source} does not publish ${nameOf(stranger)} there`);
  return {
    gone: new Set([...removed, ...kept.keys()].map(placeOf)),
    released: [...removed].filter((port) => !kept.has(port)),
    ...{ kept: [...kept.values()], requests },
  };
}

const wanted = (ports: PortChangeBody['Add']): PortRequest[] => portRequests(ports ?? {}).flatMap(eachPort);

function removedBy(request: PortRequest, at: PublishedPort[]): PublishedPort[] {
  const found = at.filter(({ containerPort }) => containerPort === request.containerPort);
  if (found.length === 0) throw new Fault('not-found', `port ${nameOf(request)} is not published`);
  return found;
}

/** Does it name one port of the host, and no range or random one? */
const isOne = ({ hostPort = 0, hostPortEnd = hostPort }: PortRequest): boolean =>
  hostPort > 0 && hostPort === hostPortEnd;

function isAt(port: PublishedPort, request: PortRequest): boolean {
  const { hostAddress, hostPort = 0, hostPortEnd = hostPort } = request;
  return (
    port.protocol === request.protocol &&
    (hostAddress === undefined || hostAddress === port.hostAddress) &&
    (hostPort === 0 || (port.hostPort >= hostPort && port.hostPort <= hostPortEnd))
  );
}

const numberOf = ({ protocol, hostPort }: PublishedPort | PortRequest): string => `${protocol} ${hostPort}`;

const nameOf = ({ containerPort, protocol }: PortRequest): string => `${containerPort}/${protocol}`;

export const placeOf = ({ protocol, hostAddress, hostPort, containerPort }: PublishedPort): string =>
  `${protocol} ${hostAddress} ${hostPort} ${containerPort}`;
