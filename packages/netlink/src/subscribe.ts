import { openNetlink, watchDescriptor } from '@pontoon/sys';
import { parse } from './connection.ts';

/** Groups: RTNLGRP_* of include/uapi/linux/rtnetlink.h, NFNLGRP_NFTABLES of nfnetlink.h. */
const GROUPS = {
  link: { protocol: 0, group: 1 },
  address4: { protocol: 0, group: 5 },
  route4: { protocol: 0, group: 7 },
  address6: { protocol: 0, group: 9 },
  route6: { protocol: 0, group: 11 },
  nftables: { protocol: 12, group: 7 },
} as const;

export type Group = keyof typeof GROUPS;

/** Something changed. What exactly is for the reader to look up: notices may be lost (`overflow`) under load. */
export interface Notice {
  type: number;
  body: Buffer;
}

export interface Subscription {
  close(): void;
}

/** `ip monitor`, `nft monitor`: calls back with what the kernel reports, in batches, until closed. */
export function subscribe(groups: Group[], onNotices: (notices: Notice[]) => void): Subscription {
  const protocols = new Set(groups.map((group) => GROUPS[group].protocol));
  const parts = [...protocols].map((protocol) => {
    const socket = openNetlink(protocol);
    for (const group of groups) if (GROUPS[group].protocol === protocol) socket.join(GROUPS[group].group);
    const watching = watchDescriptor(socket.descriptor, () => {
      const notices: Notice[] = [];
      for (let bytes = socket.poll(); bytes; bytes = socket.poll()) notices.push(...parse(bytes));
      onNotices(notices);
    });
    return { socket, watching };
  });
  return {
    close: () => {
      for (const { socket, watching } of parts) {
        watching.close();
        socket.close();
      }
    },
  };
}
