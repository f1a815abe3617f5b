import { type Connection, linkByName, listLinks } from '@pontoon/netlink';
import type { InterfaceStatistics } from './intent.ts';

/** Counters of all interfaces but the loopback, by name: `ip -s link`. A dump leaves them out, so each is asked. */
export function interfaceStatistics(connection: Connection): Record<string, InterfaceStatistics> {
  const names = listLinks(connection)
    .filter(({ loopback }) => !loopback)
    .map(({ name }) => name);
  return Object.fromEntries(
    names.flatMap((name) => {
      const counters = linkByName(connection, name)?.statistics;
      return counters ? [[name, counters]] : [];
    }),
  );
}
