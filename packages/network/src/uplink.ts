import { type Connection, type Link, listLinks, listRoutes } from '@pontoon/netlink';

export interface Uplink {
  name: string;
  /** Bytes. */
  mtu: number;
}

/** The link of the host's default route; `undefined` on a host that has none. */
export function findUplink(host: Connection): Uplink | undefined {
  for (const family of [4, 6] as const) {
    const defaults = listRoutes(host, { family })
      .filter((route) => isDefault(route.destination) && route.link !== undefined)
      .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
    const link = defaults[0] && linkAt(host, defaults[0].link!);
    if (link) return { name: link.name, mtu: link.mtu };
  }
  return undefined;
}

const linkAt = (host: Connection, index: number): Link | undefined =>
  listLinks(host).find((link) => link.index === index);

const isDefault = (destination: string | undefined): boolean =>
  destination === undefined ||
  destination === '0.0.0.0/0' ||
  destination === '::/0' ||
  destination === 'default';
