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
  try {
    deleteFlows(connection, (flow) => datagrams.some(({ inside, port }) => passes(flow, inside, port)));
  } catch (error) {
    // A kernel without CONFIG_NF_CT_NETLINK.
    if (!isSystemError(error, 'ENOTSUP', 'EINVAL')) throw error;
  }
}

/** Asked for at the host's port, answered by the endpoint. */
function passes(
  flow: Flow,
  inside: Set<string>,
  { hostAddress, hostPort, containerPort, count }: PublishedPort,
): boolean {
  const offset = flow.destinationPort - hostPort;
  return (
    flow.protocol === 'udp' &&
    offset >= 0 &&
    offset < count &&
    flow.replySourcePort === containerPort + offset &&
    inside.has(flow.replySource) &&
    flow.replySource !== flow.destination &&
    (flow.destination === hostAddress || everywhere(hostAddress, flow.destination))
  );
}

function everywhere(hostAddress: string, destination: string): boolean {
  return destination.includes(':') ? hostAddress === '::' : hostAddress === '0.0.0.0';
}
