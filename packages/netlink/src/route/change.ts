import type { Connection } from '../connection.ts';
import type { Attributes } from '../wire/attributes.ts';
import { type Namespace, withDescriptor } from './create.ts';
import { bridgeData, bridgePortData, linkFields, linkHead, RTM_NEWLINK } from './fields.ts';
import { IFF_UP } from './link.ts';

export interface LinkChange {
  up?: boolean;
  name?: string;
  /** Bytes. */
  mtu?: number;
  mac?: string;
  /** Index of a bridge; 0 takes it off its bridge. */
  master?: number;
  alias?: string;
  group?: number;
  gsoMaxSize?: number;
  groMaxSize?: number;
  gsoIpv4MaxSize?: number;
  groIpv4MaxSize?: number;
  gsoMaxSegments?: number;
  namespace?: Namespace;
  /** As a bridge's port. */
  isolated?: boolean;
  hairpin?: boolean;
  learning?: boolean;
  unicastFlood?: boolean;
  neighbourSuppress?: boolean;
  /** As a bridge. */
  multicastSnooping?: boolean;
  callIptables?: boolean;
}

/**
 * `ip link set`, all in one message. The kernel applies one field after the other: after an error some hold.
 * @throws {SystemError} ENODEV where it is gone
 */
export function changeLink(c: Connection, index: number, change: LinkChange): void {
  if (change.namespace !== undefined) {
    const { namespace, ...rest } = change;
    withDescriptor(namespace, (descriptor) => send(c, index, rest, { namespace: descriptor }));
  } else send(c, index, change, {});
}

function send(c: Connection, index: number, change: LinkChange, moved: { namespace?: number }): void {
  const { up, name, mtu, mac, master, alias, group, namespace: _, ...rest } = change;
  const { gsoMaxSize, groMaxSize, gsoIpv4MaxSize, groIpv4MaxSize, gsoMaxSegments } = rest;
  const head = linkHead({ index, flags: up ? IFF_UP : 0, change: up === undefined ? 0 : IFF_UP });
  const limits = { gsoMaxSize, groMaxSize, gsoIpv4MaxSize, groIpv4MaxSize, gsoMaxSegments };
  const plain = { name, mtu, mac, master, alias, group, ...limits, ...moved };
  const fields: Attributes<Record<never, never>> = { ...plain, information: information(change) };
  const subject = name ?? alias ?? `index ${index}`;
  c.request(`RTM_NEWLINK ${subject}`, RTM_NEWLINK, 0, Buffer.concat([head, linkFields.encode(fields)]));
}

/** Settings that belong to the kind of the link, or of its bridge: IFLA_INFO_DATA and IFLA_INFO_SLAVE_DATA. */
function information(change: LinkChange) {
  const bit = (value: boolean | undefined) => (value === undefined ? undefined : Number(value));
  const { isolated, hairpin, learning, unicastFlood, neighbourSuppress } = change;
  const slaveData = bridgePortData.encode({
    isolated: bit(isolated),
    hairpin: bit(hairpin),
    learning: bit(learning),
    unicastFlood: bit(unicastFlood),
    neighbourSuppress: bit(neighbourSuppress),
  });
  const call = bit(change.callIptables);
  const data = bridgeData.encode({
    multicastSnooping: bit(change.multicastSnooping),
    callIptables: call,
    callIp6tables: call,
    callArptables: call,
  });
  if (slaveData.length === 0 && data.length === 0) return undefined;
  return {
    ...(data.length > 0 ? { kind: 'bridge', data } : {}),
    ...(slaveData.length > 0 ? { slaveKind: 'bridge', slaveData } : {}),
  };
}
