import { type Connection, isSystemError } from '../connection.ts';
import { AF_INET, AF_INET6, familyOf, prefixOf } from '../wire/address.ts';
import { type Message, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../wire/message.ts';
import { ROUTE_HEAD, RTM_DELROUTE, RTM_GETROUTE, RTM_NEWROUTE, routeFields } from './fields.ts';

/** A route, as `ip route` shows it. */
export interface Route {
  family: 4 | 6;
  /** "172.17.0.0/16"; the default route is "0.0.0.0/0" or "::/0". */
  destination: string;
  gateway?: string;
  link?: number;
  /** Preferred source address. */
  source?: string;
  metric?: number;
  table: number;
  scope: number;
  /** RTN_UNICAST (1), RTN_LOCAL (2), RTN_BROADCAST (3) … */
  type: number;
  /** Who made it: 2 kernel, 3 boot, 4 static … */
  protocol: number;
  /** Bytes. */
  mtu?: number;
}

/** include/uapi/linux/rtnetlink.h */
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;

export interface NewRoute {
  /** A prefix; the default route where absent (then `gateway` tells the family, or `family`). */
  destination?: string;
  family?: 4 | 6;
  gateway?: string;
  link?: number;
  source?: string;
  metric?: number;
  table?: number;
  /** RT_SCOPE_LINK where there is no gateway. */
  scope?: number;
  mtu?: number;
  /** No error where one is there already: it is put in its place. */
  replace?: boolean;
}

/** `ip route add`. @throws {SystemError} EEXIST; ENETUNREACH where the gateway is not on a link */
export function addRoute(c: Connection, o: NewRoute): void {
  const flags = NLM_F_CREATE | (o.replace ? NLM_F_REPLACE : NLM_F_EXCL);
  c.request(`RTM_NEWROUTE ${describe(o)}`, RTM_NEWROUTE, flags, encode(o));
}

/** @returns false where it was gone */
export function deleteRoute(c: Connection, o: NewRoute): boolean {
  try {
    c.request(`RTM_DELROUTE ${describe(o)}`, RTM_DELROUTE, 0, encode(o));
    return true;
  } catch (error) {
    if (isSystemError(error, 'ESRCH', 'ENODEV')) return false;
    throw error;
  }
}

/** The routes of the main table; `table` 0 for all tables, 255 for the local one. */
export function listRoutes(c: Connection, o: { family?: 4 | 6; table?: number } = {}): Route[] {
  const families = o.family === undefined ? [AF_INET, AF_INET6] : [o.family === 4 ? AF_INET : AF_INET6];
  const wanted = o.table ?? RT_TABLE_MAIN;
  return families
    .flatMap((family) => c.dump('RTM_GETROUTE', RTM_GETROUTE, head({ family })))
    .map(decodeRoute)
    .filter(({ table }) => wanted === 0 || table === wanted);
}

export function decodeRoute({ body }: Message): Route {
  const fields = routeFields.decode(body.subarray(ROUTE_HEAD));
  const family = body.readUInt8(0) === AF_INET6 ? 6 : 4;
  const destination = fields.destination ?? (family === 6 ? '::' : '0.0.0.0');
  const route: Route = {
    family,
    destination: `${destination}/${body.readUInt8(1)}`,
    table: fields.table ?? body.readUInt8(4),
    protocol: body.readUInt8(5),
    scope: body.readUInt8(6),
    type: body.readUInt8(7),
  };
  const { gateway, link, source, priority, metrics } = fields;
  if (gateway !== undefined) route.gateway = gateway;
  if (link !== undefined) route.link = link;
  if (source !== undefined) route.source = source;
  if (priority !== undefined) route.metric = priority;
  if (metrics?.mtu !== undefined) route.mtu = metrics.mtu;
  return route;
}

function encode(o: NewRoute): Buffer {
  const prefix = o.destination === undefined ? undefined : prefixOf(o.destination);
  const whole = prefix === undefined || prefix.length === 0;
  const tableNumber = o.table ?? RT_TABLE_MAIN;
  const fields = routeFields.encode({
    destination: whole ? undefined : prefix.address,
    gateway: o.gateway,
    link: o.link,
    source: o.source,
    priority: o.metric,
    metrics: o.mtu === undefined ? undefined : { mtu: o.mtu },
    table: tableNumber,
  });
  const scope = o.scope ?? (o.gateway || familyNumber(o) === AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
  const rest = { prefixLength: prefix?.length ?? 0, table: tableNumber > 255 ? 0 : tableNumber, scope };
  return Buffer.concat([head({ family: familyNumber(o), ...rest, made: true }), fields]);
}

function head(o: {
  family: number;
  prefixLength?: number;
  table?: number;
  scope?: number;
  made?: boolean;
}): Buffer {
  const bytes = Buffer.alloc(ROUTE_HEAD);
  bytes.set([o.family, o.prefixLength ?? 0, 0, 0, o.table ?? 0], 0);
  bytes.set([o.made ? RTPROT_STATIC : 0, o.scope ?? 0, o.made ? RTN_UNICAST : 0], 5);
  return bytes;
}

function familyNumber(o: NewRoute): number {
  const sample = o.destination ?? o.gateway;
  if (sample !== undefined) return familyOf(sample);
  return o.family === 6 ? AF_INET6 : AF_INET;
}

function describe(o: NewRoute): string {
  return `${o.destination ?? 'default'}${o.gateway ? ` via ${o.gateway}` : ''}`;
}
