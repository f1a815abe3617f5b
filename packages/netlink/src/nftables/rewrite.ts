import { SystemError } from '@pontoon/sys';
import type { Connection, Request } from '../connection.ts';
import { addressBytes } from '../wire/address.ts';
import { bytes, list, nested, nestedBytes, s32be, table, text, u32be } from '../wire/attributes.ts';
import { NLM_F_ACK, NLM_F_APPEND, NLM_F_CREATE } from '../wire/message.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  FAMILIES,
  NFT_MSG_DELTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWTABLE,
  nfHead,
  tableFields,
} from './fields.ts';

/** Numbers of include/uapi/linux/netfilter/nf_tables.h. */
const chainFields = table({
  table: [1, text],
  name: [3, text],
  hook: [4, nested({ number: [1, u32be], priority: [2, s32be] })],
  type: [7, text],
});
const ruleFields = table({
  table: [1, text],
  chain: [2, text],
  expressions: [4, list(1, nested({ name: [1, text], data: [2, nestedBytes] }))],
});
const data = nested({ value: [1, bytes] });
const payload = table({
  ...{ to: [1, u32be], base: [2, u32be], offset: [3, u32be], length: [4, u32be] },
  ...{ from: [5, u32be], checksum: [6, u32be], checksumOffset: [7, u32be] },
} as const);
const compare = table({ from: [1, u32be], operation: [2, u32be], data: [3, data] });
const meta = table({ to: [1, u32be], key: [2, u32be] });
const immediate = table({ to: [1, u32be], data: [2, data] });

const REGISTER = 1; // NFT_REG_1
const NETWORK_HEADER = 1;
const TRANSPORT_HEADER = 2;
const EQUAL = 0;
const META_L4PROTO = 16;
const CHECKSUM_INET = 1;
const NF_INET_LOCAL_OUT = 3;
/** `raw`: before connection tracking, which stays out of this. */
const PRIORITY_RAW = -300;

/** IPPROTO_…, and where in the header the checksum is (RFC 768, RFC 9293). */
const PROTOCOLS = { udp: { number: 17, checksumOffset: 6 }, tcp: { number: 6, checksumOffset: 16 } } as const;
const SOURCE = { address: 12, port: 0 };
const DESTINATION = { address: 16, port: 2 };

export interface PortRewrite {
  protocol: 'udp' | 'tcp';
  /** What the local processes ask for, and where that is answered. */
  port: number;
  to: number;
}

/**
 * Makes a table that rewrites ports of one of the namespace's own loopback addresses, both ways and statelessly:
 * `ip daddr A udp dport 53 udp dport set P` and `ip saddr A udp sport P udp sport set 53`, in the output hook. NAT would
 * do it too, but would turn on connection tracking for all traffic of the namespace. A table of that name is replaced.
 */
export function rewritePorts(
  connection: Connection,
  o: { table: string; address: string; rewrites: PortRewrite[] },
): void {
  const whole = request(NFT_MSG_NEWTABLE, tableFields.encode({ name: o.table }));
  const rules = o.rewrites.flatMap((rewrite) => [
    rule(o, rewrite.protocol, DESTINATION, rewrite.port, rewrite.to),
    rule(o, rewrite.protocol, SOURCE, rewrite.to, rewrite.port),
  ]);
  // Made, deleted, made: so that the deletion succeeds whether or not there was one.
  const gone = { ...whole, type: NFT_MSG_DELTABLE, flags: 0 };
  const requests = [whole, gone, { ...whole }, chain(o.table), ...rules];
  const last = requests.at(-1);
  if (last) last.flags |= NLM_F_ACK;
  const [answer] = connection.batch([BATCH_BEGIN, ...requests, BATCH_END]).values();
  if (answer) throw new SystemError(`rewrite ports of ${o.address}`, answer.errno, answer.text);
}

function request(type: number, fields: Uint8Array, flags = NLM_F_CREATE): Request {
  return { type, flags, body: Buffer.concat([nfHead(FAMILIES.ip), fields]) };
}

function chain(name: string): Request {
  const hook = { number: NF_INET_LOCAL_OUT, priority: PRIORITY_RAW };
  return request(NFT_MSG_NEWCHAIN, chainFields.encode({ table: name, name: 'output', hook, type: 'filter' }));
}

function rule(
  o: { table: string; address: string },
  protocol: PortRewrite['protocol'],
  side: typeof SOURCE,
  port: number,
  to: number,
): Request {
  const { number, checksumOffset } = PROTOCOLS[protocol];
  const field = { base: TRANSPORT_HEADER, offset: side.port, length: 2 };
  const expressions = [
    load({ base: NETWORK_HEADER, offset: side.address, length: 4 }),
    equals(addressBytes(o.address)),
    { name: 'meta', data: meta.encode({ to: REGISTER, key: META_L4PROTO }) },
    equals(Buffer.from([number])),
    load(field),
    equals(portBytes(port)),
    { name: 'immediate', data: immediate.encode({ to: REGISTER, data: { value: portBytes(to) } }) },
    store(field, checksumOffset),
  ];
  const fields = ruleFields.encode({ table: o.table, chain: 'output', expressions });
  return request(NFT_MSG_NEWRULE, fields, NLM_F_CREATE | NLM_F_APPEND);
}

type Place = { base: number; offset: number; length: number };

function load(place: Place) {
  return { name: 'payload', data: payload.encode({ to: REGISTER, ...place }) };
}

function store(place: Place, checksumOffset: number) {
  const checksum = { checksum: CHECKSUM_INET, checksumOffset };
  return { name: 'payload', data: payload.encode({ from: REGISTER, ...place, ...checksum }) };
}

function equals(value: Uint8Array) {
  return { name: 'cmp', data: compare.encode({ from: REGISTER, operation: EQUAL, data: { value } }) };
}

function portBytes(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff]);
}
