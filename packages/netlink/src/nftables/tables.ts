import type { Table } from '../attributes.ts';

/** Numbers of include/uapi/linux/netfilter/nf_tables.h. */
export const DATA = { value: [1, 'bytes'] } as const satisfies Table;

export const ELEMENT = {
  key: [1, { nest: DATA }],
  data: [2, { nest: DATA }],
  flags: [3, 'be32'],
  keyEnd: [10, { nest: DATA }],
} as const satisfies Table;

export const ELEMENT_LIST = {
  table: [1, 'string'],
  set: [2, 'string'],
  elements: [3, { list: ELEMENT }],
} as const satisfies Table;

export const TABLE = { name: [1, 'string'] } as const satisfies Table;

/** NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_* */
const nftables = (message: number) => (10 << 8) | message;
export const MESSAGES = {
  newTable: nftables(0),
  getTable: nftables(1),
  deleteTable: nftables(2),
  newElement: nftables(12),
  getElement: nftables(13),
  deleteElement: nftables(14),
} as const;
export const BATCH_BEGIN = 16;
export const BATCH_END = 17;

export const FAMILIES = { inet: 1, ip: 2, ip6: 10, bridge: 7, unspec: 0 } as const;
export type TableFamily = keyof typeof FAMILIES;

/** struct nfgenmsg: include/uapi/linux/netfilter/nfnetlink.h */
export function nfHeader(family: number, resource = 0): Buffer {
  return Buffer.from([family, 0, resource >> 8, resource & 0xff]);
}
