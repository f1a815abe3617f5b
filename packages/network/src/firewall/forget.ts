import { type Connection, deleteFlows, type Flow, isSystemError } from '@pontoon/netlink';
import type { EndpointIntent, PublishedPort } from '../intent.ts';

/** Ports that led to an endpoint. */
export interface Led {
  endpoint: Pick<EndpointIntent, 'addresses'>;
  ports: PublishedPort[];
}

/**
 * Forgets the UDP flows through ports that are gone or lead elsewhere now: as long as its client sends, a flow is never
 * looked up in the maps again, and would go to the old container for ever. TCP connections end by themselves: they drain.
 */
export function forgetDatagrams(connection: Connection, gone: Led[]): void {
  const datagrams = gone.flatMap(({ endpoint, ports }) => {
    const inside = new Set(endpoint.addresses.map(({ address }) => address));
    return ports.filter(({ protocol }) => protocol === 'udp').map((port) => ({ inside, port }));
  });
  if (datagrams.length === 0) return;
  forget(connection, (flow) => datagrams.some(({ inside, port }) => passes(flow, inside, port)));
}

/**
 * Forgets the UDP flows that came to ports while these led nowhere: they were not translated when they began, and so
 * never would be. moby does the same: bridge driver, clearConntrackEntries.
 * @param own gives the addresses of the host, where flows to it end; asked only where there are UDP ports
 */
export function forgetUntranslated(
  connection: Connection,
  ports: PublishedPort[],
  own: () => string[],
): void {
  const datagrams = ports.filter(({ protocol, hostPort }) => protocol === 'udp' && hostPort > 0);
  if (datagrams.length === 0) return;
  const addresses = new Set(own());
  const isOwn = (address: string) => addresses.has(address) || address.startsWith('127.');
  forget(connection, (flow) => isDirect(flow) && isOwn(flow.destination) && datagrams.some(isFor(flow)));
}

const isDirect = (flow: Flow): boolean =>
  flow.protocol === 'udp' &&
  flow.replySource === flow.destination &&
  flow.replySourcePort === flow.destinationPort;

const isFor =
  ({ destination, destinationPort }: Flow) =>
  ({ hostAddress, hostPort, count }: PublishedPort): boolean =>
    destinationPort >= hostPort &&
    destinationPort < hostPort + count &&
    (destination === hostAddress || everywhere(hostAddress, destination));

function forget(connection: Connection, which: (flow: Flow) => boolean): void {
  try {
    deleteFlows(connection, which);
  } catch (error) {
    // A kernel without CONFIG_NF_CT_NETLINK.
    if (!isSystemError(error, 'ENOTSUP', 'EINVAL')) throw error;
  }
}

/** Asked for at the host's port, answered by the endpoint. */
function passes(flow: Flow, inside: Set<string>, port: PublishedPort): boolean {
  return (
    flow.protocol === 'udp' &&
    isFor(flow)(port) &&
    flow.replySourcePort === port.containerPort + flow.destinationPort - port.hostPort &&
    inside.has(flow.replySource) &&
    flow.replySource !== flow.destination
  );
}

function everywhere(hostAddress: string, destination: string): boolean {
  return destination.includes(':') ? hostAddress === '::' : hostAddress === '0.0.0.0';
}
