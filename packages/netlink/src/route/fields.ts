import { AF_UNSPEC } from '../wire/address.ts';
import {
  bytes,
  headed,
  ip,
  mac,
  nested,
  nestedBytes,
  s32,
  table,
  text,
  u8,
  u16,
  u32,
} from '../wire/attributes.ts';

/** Numbers of include/uapi/linux/rtnetlink.h, if_link.h, if_addr.h, veth.h. */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;

/** struct ifinfomsg: family, padding, type (2), index (4), flags (4), change mask (4). */
export const LINK_HEAD = 16;

export function linkHead(o: { family?: number; index?: number; flags?: number; change?: number }): Buffer {
  const head = Buffer.alloc(LINK_HEAD);
  head.writeUInt8(o.family ?? AF_UNSPEC, 0);
  head.writeInt32LE(o.index ?? 0, 4);
  head.writeUInt32LE(o.flags ?? 0, 8);
  head.writeUInt32LE(o.change ?? 0, 12);
  return head;
}

/** What both ends of a veth pair and all other links share. */
const common = {
  mac: [1, mac],
  name: [3, text],
  mtu: [4, u32],
  parent: [5, s32],
  master: [10, u32],
  alias: [20, text],
  group: [27, u32],
  namespace: [28, u32],
  transmitQueues: [31, u32],
  receiveQueues: [32, u32],
  carrier: [33, u8],
  gsoMaxSegments: [40, u32],
  gsoMaxSize: [41, u32],
  groMaxSize: [58, u32],
  tsoMaxSize: [59, u32],
  gsoIpv4MaxSize: [63, u32],
  groIpv4MaxSize: [64, u32],
} as const;

export const peerCodec = headed(LINK_HEAD, common);

/** Data of a kind, IFLA_INFO_DATA: its attributes differ by kind, so it stays bytes until the kind is known. */
export const bridgeData = table({
  forwardDelay: [1, u32],
  stp: [5, u32],
  multicastSnooping: [23, u8],
  callIptables: [36, u8],
  callIp6tables: [37, u8],
  callArptables: [38, u8],
});
export const vethData = table({ peer: [1, peerCodec] });
export const macvlanData = table({ mode: [1, u32], flags: [2, u16] });
export const ipvlanData = table({ mode: [1, u16], flags: [2, u16] });

/** IFLA_BRPORT_… */
export const bridgePortData = table({
  hairpin: [4, u8],
  learning: [8, u8],
  unicastFlood: [9, u8],
  neighbourSuppress: [32, u8],
  isolated: [33, u8],
});

export const linkFields = table({
  ...common,
  information: [
    18,
    nested({ kind: [1, text], data: [2, nestedBytes], slaveKind: [4, text], slaveData: [5, nestedBytes] }),
  ],
  operationalState: [16, u8],
  statistics: [23, bytes],
  extended: [29, u32],
  peerNamespace: [37, s32],
});

/** struct ifaddrmsg: family, prefix length, flags, scope, index (4). */
export const ADDRESS_HEAD = 8;
export const addressFields = table({
  address: [1, ip],
  local: [2, ip],
  broadcast: [4, ip],
  flags: [8, u32],
});

/** struct rtmsg: family, destination and source length, tos, table, protocol, scope, type, flags (4). */
export const ROUTE_HEAD = 12;
export const routeFields = table({
  destination: [1, ip],
  link: [4, u32],
  gateway: [5, ip],
  priority: [6, u32],
  source: [7, ip],
  metrics: [8, nested({ mtu: [2, u32] })],
  table: [15, u32],
});
