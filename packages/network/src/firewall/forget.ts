import { type Connection, deleteFlows, type Flow, isSystemError } from '@pontoon/netlink';
import type { PublishedPort } from '../intent.ts';

/**
 * Forgets the UDP flows through ports that are gone or lead elsewhere now: as long as its client sends, a flow is never
 * looked up in the maps again, and would go to the old container for ever. TCP connections end by themselves: they drain.
 */
export function forgetDatagrams(connection: Connection, ports: PublishedPort[]): void {
  const datagrams = ports.filter(({ protocol }) => protocol === 'udp');
  if (datagrams.length === 0) return;
  try {
    deleteFlows(connection, (flow) => datagrams.some((port) => passes(flow, port)));
  } catch (error) {
    // A kernel without CONFIG_NF_CT_NETLINK.
    if (!isSystemError(error, 'ENOTSUP', 'EINVAL')) throw error;
  }
}

/** Translated by us: the answers come from elsewhere than what was asked. */
function passes(flow: Flow, { hostAddress, hostPort, containerPort, count }: PublishedPort): boolean {
  const offset = flow.destinationPort - hostPort;
  return (
    flow.protocol === 'udp' &&
    offset >= 0 &&
    offset < count &&
    flow.replySourcePort === containerPort + offset &&
    flow.replySource !== flow.destination &&
    (flow.destination === hostAddress || everywhere(hostAddress, flow.destination))
  );
}

function everywhere(hostAddress: string, destination: string): boolean {
  return destination.includes(':') ? hostAddress === '::' : hostAddress === '0.0.0.0';
}
