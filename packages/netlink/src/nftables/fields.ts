import { bytes, list, nested, table, text, u32be, u64be } from '../wire/attributes.ts';

/** Numbers of include/uapi/linux/netfilter/nf_tables.h and nfnetlink.h. */
const NFNL_SUBSYS_NFTABLES = 10;
const message = (number: number) => (NFNL_SUBSYS_NFTABLES << 8) | number;
export const NFT_MSG_NEWTABLE = message(0);
export const NFT_MSG_GETTABLE = message(1);
export const NFT_MSG_DELTABLE = message(2);
export const NFT_MSG_NEWCHAIN = message(3);
export const NFT_MSG_NEWRULE = message(6);
export const NFT_MSG_GETRULE = message(7);
export const NFT_MSG_NEWSETELEM = message(12);
export const NFT_MSG_GETSETELEM = message(13);
export const NFT_MSG_DELSETELEM = message(14);
const NFNL_MSG_BATCH_BEGIN = 16;
const NFNL_MSG_BATCH_END = 17;

/** NFPROTO_… of include/uapi/linux/netfilter.h. */
export const FAMILIES = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 } as const;
export type TableFamily = keyof typeof FAMILIES;

export const NFT_SET_ELEM_INTERVAL_END = 1;

const data = nested({ value: [1, bytes] });
export const elementCodec = nested({
  key: [1, data],
  data: [2, data],
  flags: [3, u32be],
  timeout: [4, u64be],
  keyEnd: [10, data],
});
export const elementListFields = table({
  table: [1, text],
  set: [2, text],
  elements: [3, list(1, elementCodec)],
});
export const tableFields = table({ name: [1, text], flags: [2, u32be] });

export const ruleFields = table({ table: [1, text], chain: [2, text] });

/** struct nfgenmsg: family, version, resource (2, big endian). */
export const NF_HEAD = 4;
export function nfHead(family: number, resource = 0): Buffer {
  return Buffer.from([family, 0, resource >> 8, resource & 0xff]);
}

const bound = (type: number) => ({ type, flags: 0, body: nfHead(0, NFNL_SUBSYS_NFTABLES) });
/** What stands around the requests of one transaction. */
export const BATCH_BEGIN = bound(NFNL_MSG_BATCH_BEGIN);
export const BATCH_END = bound(NFNL_MSG_BATCH_END);
