import { inNamespace, openNetlink, watchDescriptor } from '@pontoon/sys';
import { NETLINK_NETFILTER, NETLINK_ROUTE } from './connection.ts';
import { decodeMessages, type Message } from './wire/message.ts';

/** RTNLGRP_… of include/uapi/linux/rtnetlink.h, NFNLGRP_… of nfnetlink.h. */
const GROUPS = {
  link: { protocol: NETLINK_ROUTE, group: 1 },
  address4: { protocol: NETLINK_ROUTE, group: 5 },
  route4: { protocol: NETLINK_ROUTE, group: 7 },
  address6: { protocol: NETLINK_ROUTE, group: 9 },
  route6: { protocol: NETLINK_ROUTE, group: 11 },
  flowNew: { protocol: NETLINK_NETFILTER, group: 1 },
  flowGone: { protocol: NETLINK_NETFILTER, group: 3 },
  nftables: { protocol: NETLINK_NETFILTER, group: 7 },
} as const;

export type Group = keyof typeof GROUPS;

/** What the kernel reports, of one moment. */
export interface Notices {
  protocol: 'route' | 'netfilter';
  messages: Message[];
  /** The kernel had to drop some (ENOBUFS): only a fresh look tells what is true. */
  lost: boolean;
}

export interface Subscription {
  close(): void;
}

/** `ip monitor`, `nft monitor`. @param namespace path of the namespace to watch; our own where absent */
export function subscribe(
  groups: readonly Group[],
  onNotices: (notices: Notices) => void,
  namespace?: string,
): Subscription {
  const protocols = new Set(groups.map((group) => GROUPS[group].protocol));
  const parts = [...protocols].map((protocol) => {
    const numbers = groups
      .filter((group) => GROUPS[group].protocol === protocol)
      .map((group) => GROUPS[group].group);
    return listen(protocol, numbers, onNotices, namespace);
  });
  return { close: () => parts.forEach((part) => void part.close()) };
}

function listen(
  protocol: number,
  groups: number[],
  onNotices: (notices: Notices) => void,
  namespace: string | undefined,
): Subscription {
  const open = () => openNetlink(protocol);
  const socket = namespace === undefined ? open() : inNamespace(namespace, open);
  for (const group of groups) socket.join(group);
  const watching = watchDescriptor(socket.descriptor, () => {
    const datagrams: Buffer[] = [];
    for (let bytes = socket.poll(); bytes; bytes = socket.poll()) datagrams.push(bytes);
    const messages = datagrams.flatMap(decodeMessages);
    const lost = datagrams.some(({ length }) => length === 0);
    onNotices({ protocol: protocol === NETLINK_ROUTE ? 'route' : 'netfilter', messages, lost });
  });
  return {
    close: () => {
      watching.close();
      socket.close();
    },
  };
}
