export interface HostsEntry {
  address: string;
  names: string[];
}

export interface HostsOptions {
  /** The container's own names on its addresses; none in `none` mode. */
  own?: HostsEntry[];
  /** --add-host, and --link. */
  extra?: HostsEntry[];
  /** No IPv6 in the container: its lines are left out. */
  ipv4Only?: boolean;
}

/** The fixed part as moby writes it (libnetwork/etchosts), in its order. */
const LOCAL4 = '127.0.0.1\tlocalhost\n';
const LOCAL6 = `::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** /etc/hosts of a container; extra entries come before its own, as Docker places them. */
export function hostsFile({ own = [], extra = [], ipv4Only = false }: HostsOptions = {}): string {
  const lines = [...extra, ...own].map(({ address, names }) => `${address}\t${names.join(' ')}\n`);
  return LOCAL4 + (ipv4Only ? '' : LOCAL6) + lines.join('');
}
