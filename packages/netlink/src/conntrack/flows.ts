import { type Connection, isSystemError } from '../connection.ts';
import { NF_HEAD, nfHead } from '../nftables/fields.ts';
import { ip, nested, nestedBytes, table, u8, u16be, u32be } from '../wire/attributes.ts';

/** Numbers of include/uapi/linux/netfilter/nfnetlink_conntrack.h. */
const NFNL_SUBSYS_CTNETLINK = 1;
const IPCTNL_MSG_CT_GET = (NFNL_SUBSYS_CTNETLINK << 8) | 1;
const IPCTNL_MSG_CT_DELETE = (NFNL_SUBSYS_CTNETLINK << 8) | 2;

const tupleFields = table({
  addresses: [
    1,
    nested({ source4: [1, ip], destination4: [2, ip], source6: [3, ip], destination6: [4, ip] }),
  ],
  ports: [2, nested({ protocol: [1, u8], source: [2, u16be], destination: [3, u16be] })],
});
const flowFields = table({
  original: [1, nestedBytes],
  reply: [2, nestedBytes],
  id: [12, u32be],
  zone: [18, u16be],
});

/** IPPROTO_… of include/uapi/linux/in.h. */
const PROTOCOLS = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
] as const);
export type FlowProtocol = 'tcp' | 'udp' | 'sctp';

/** A tracked connection: who asked for what, and who answers whom (behind NAT: others). */
export interface Flow {
  protocol: FlowProtocol;
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
  replySource: string;
  replySourcePort: number;
  replyDestination: string;
  replyDestinationPort: number;
}

interface Tracked {
  family: number;
  /** As the kernel wrote it: what it needs to find the entry again. */
  handle: Parameters<typeof flowFields.encode>[0];
  flow: Flow;
}

/** `conntrack -L`, of TCP, UDP and SCTP. */
export function listFlows(connection: Connection): Flow[] {
  return dump(connection).map(({ flow }) => flow);
}

/**
 * `conntrack -D`: exactly those that `which` picks; what they translated is looked up anew by the next packet.
 * @returns how many there were
 */
export function deleteFlows(connection: Connection, which: (flow: Flow) => boolean): number {
  const chosen = dump(connection).filter(({ flow }) => which(flow));
  for (const { family, handle } of chosen) {
    const body = Buffer.concat([nfHead(family), flowFields.encode(handle)]);
    try {
      connection.request('IPCTNL_MSG_CT_DELETE', IPCTNL_MSG_CT_DELETE, 0, body);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }
  return chosen.length;
}

function dump(connection: Connection): Tracked[] {
  return connection.dump('IPCTNL_MSG_CT_GET', IPCTNL_MSG_CT_GET, nfHead(0)).flatMap(({ body }) => {
    const { original, reply, id, zone } = flowFields.decode(body.subarray(NF_HEAD));
    if (!original || !reply) return [];
    const flow = decodeFlow(
      tupleFields.decode(Buffer.from(original)),
      tupleFields.decode(Buffer.from(reply)),
    );
    return flow ? [{ family: body.readUInt8(0), handle: { original, id, zone }, flow }] : [];
  });
}

type Tuple = ReturnType<typeof tupleFields.decode>;

function decodeFlow(original: Tuple, reply: Tuple): Flow | undefined {
  const protocol = (PROTOCOLS as Map<number | undefined, FlowProtocol>).get(original.ports?.protocol);
  if (!protocol) return undefined;
  const [asked, answered] = [ends(original), ends(reply)];
  return {
    ...{ protocol, ...asked },
    replySource: answered.source,
    replySourcePort: answered.sourcePort,
    replyDestination: answered.destination,
    replyDestinationPort: answered.destinationPort,
  };
}

function ends({ addresses, ports }: Tuple) {
  return {
    source: addresses?.source4 ?? addresses?.source6 ?? '',
    sourcePort: ports?.source ?? 0,
    destination: addresses?.destination4 ?? addresses?.destination6 ?? '',
    destinationPort: ports?.destination ?? 0,
  };
}
