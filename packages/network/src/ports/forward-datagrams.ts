import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { BoundPort } from '@pontoon/sys';
import { literally } from '../dns/literally.ts';
import type { Forwarder, Target } from './forward.ts';

/** As conntrack keeps a flow of datagrams that was answered: nf_conntrack_udp_timeout_stream. */
const IDLE_MS = 120_000;
/** Flows of one port; for one more the oldest is forgotten, so that descriptors do not run out. */
const MOST = 256;

interface Flow {
  socket: Socket;
  timer: NodeJS.Timeout;
}

/** Datagrams from ::1, each client's by a socket of its own, by which the answers find back. */
export function forwardDatagrams(held: BoundPort, first: Target): Forwarder {
  let target = first;
  const flows = new Map<number, Flow>();
  const outside = createSocket({ type: 'udp6', lookup: literally });
  const forget = (port: number) => {
    const flow = flows.get(port);
    flows.delete(port);
    clearTimeout(flow?.timer);
    flow?.socket.close();
  };
  const forgetAll = () => {
    for (const port of [...flows.keys()]) forget(port);
  };
  const open = (client: RemoteInfo): Flow => {
    if (flows.size >= MOST) forget(flows.keys().next().value ?? 0);
    const flow = openFlow(
      target,
      (answer) => outside.send(answer, client.port, client.address),
      () => forget(client.port),
    );
    flows.set(client.port, flow);
    return flow;
  };
  outside.on('error', () => {}); // an answer that a client no longer waits for
  outside.on('message', (bytes, client) => {
    if (client.address !== '::1') return;
    const { socket, timer } = flows.get(client.port) ?? open(client);
    timer.refresh();
    socket.send(bytes, target.port, target.address);
  });
  outside.bind({ fd: held.descriptor });
  return {
    lead: (next) => {
      if (next.address !== target.address || next.port !== target.port) forgetAll();
      target = next;
    },
    close: () => {
      forgetAll();
      outside.close();
    },
  };
}

function openFlow({ address, port }: Target, answer: (bytes: Buffer) => void, end: () => void): Flow {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: literally });
  const timer = setTimeout(end, IDLE_MS);
  socket.on('error', () => {});
  socket.on('message', (bytes, from) => {
    if (from.port !== port || from.address !== address) return;
    timer.refresh();
    answer(bytes);
  });
  return { socket, timer };
}
