import { SystemError } from '@pontoon/sys';
import { addressText } from '../address.ts';
import { decode, raw, type Table } from '../attributes.ts';
import type { Connection } from '../connection.ts';
import { nfHeader } from '../nftables/tables.ts';

/** include/uapi/linux/netfilter/nfnetlink_conntrack.h */
const ADDRESSES = {
  source4: [1, 'bytes'],
  destination4: [2, 'bytes'],
  source6: [3, 'bytes'],
  destination6: [4, 'bytes'],
} as const satisfies Table;
const PORTS = { protocol: [1, 'u8'], source: [2, 'be16'], destination: [3, 'be16'] } as const satisfies Table;
const TUPLE = { addresses: [1, { nest: ADDRESSES }], ports: [2, { nest: PORTS }] } as const satisfies Table;
const FLOW = {
  original: [1, 'bytes'],
  reply: [2, 'bytes'],
  originalTuple: [1, { nest: TUPLE }],
  replyTuple: [2, { nest: TUPLE }],
} as const satisfies Table;

/** NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_* */
const GET_FLOW = (1 << 8) | 1;
const DELETE_FLOW = (1 << 8) | 2;
const NESTED = 0x8000;
const ENOENT = 2;
const NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** One tracked connection: who asked for what, and where the answers come from (behind a destination NAT: elsewhere). */
export interface Flow {
  protocol: 'tcp' | 'udp' | 'sctp';
  source: string;
  destination: string;
  destinationPort: number;
  replySource: string;
  replySourcePort: number;
}

/** `conntrack -L`, of the families and protocols that engines publish. */
export function listFlows(connection: Connection): Flow[] {
  return dump(connection).map(({ flow }) => flow);
}

/** `conntrack -D`: exactly those that `which` picks. @returns how many there were */
export function deleteFlows(connection: Connection, which: (flow: Flow) => boolean): number {
  const chosen = dump(connection).filter(({ flow }) => which(flow));
  for (const { family, original } of chosen) {
    const body = Buffer.concat([nfHeader(family), raw(FLOW.original[0] | NESTED, original)]);
    try {
      connection.request('delete a tracked connection', DELETE_FLOW, 0, body);
    } catch (error) {
      if (!(error instanceof SystemError && error.errno === ENOENT)) throw error;
    }
  }
  return chosen.length;
}

function dump(connection: Connection): { family: number; original: Buffer; flow: Flow }[] {
  return connection.dump('list tracked connections', GET_FLOW, nfHeader(0)).flatMap(({ body }) => {
    const bytes = body.subarray(4);
    const { originalTuple, replyTuple } = decode(
      { originalTuple: FLOW.originalTuple, replyTuple: FLOW.replyTuple },
      bytes,
    );
    const { original } = decode({ original: FLOW.original }, bytes);
    const protocol = Object.entries(NUMBERS).find(
      ([, number]) => number === originalTuple?.ports?.protocol,
    )?.[0];
    if (!protocol || !original || !originalTuple || !replyTuple) return [];
    const [asked, answered] = [originalTuple.addresses, replyTuple.addresses];
    return [
      {
        family: body.readUInt8(0),
        original: Buffer.from(original),
        flow: {
          protocol: protocol as Flow['protocol'],
          source: text(asked?.source4 ?? asked?.source6),
          destination: text(asked?.destination4 ?? asked?.destination6),
          destinationPort: originalTuple.ports?.destination ?? 0,
          replySource: text(answered?.source4 ?? answered?.source6),
          replySourcePort: replyTuple.ports?.source ?? 0,
        },
      },
    ];
  });
}

function text(bytes: Uint8Array | undefined): string {
  return bytes ? addressText(bytes) : '';
}
