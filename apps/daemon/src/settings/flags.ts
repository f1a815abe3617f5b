/** The daemon’s flags, and their names in daemon.json. */
/** Flag, its name in daemon.json where it differs, and what it is for. */
export const flags = {
  'data-root': {
    json: 'data-root',
    help: 'images, containers, volumes, the store (default /var/lib/pontoon)',
  },
  'run-root': { json: 'run-root', help: 'sockets, namespaces, mounts (default /run/pontoon)' },
  host: {
    json: 'hosts',
    many: true,
    short: 'H',
    help: 'where to listen (default unix://<run-root>/pontoon.sock)',
  },
  bridge: { json: 'bridge', help: 'name of the default bridge (default pontoon0)' },
  'default-address-pool': { json: 'default-address-pools', many: true, help: 'base=10.10.0.0/16,size=24' },
  mtu: { json: 'mtu', help: 'MTU of the default network (default: the uplink’s)' },
  dns: { json: 'dns', many: true, help: 'name server for containers' },
  'dns-search': { json: 'dns-search', many: true, help: 'search domain for containers' },
  'dns-opt': { json: 'dns-opts', many: true, help: 'resolver option for containers' },
  bip: { json: 'bip', help: 'address of the default bridge: 10.1.0.1/24 (default: of the first free pool)' },
  icc: { json: 'icc', help: 'containers on the default bridge reach each other (default true)' },
  ip: { json: 'ip', help: 'address that ports are published on (default all)' },
  'log-driver': { json: 'log-driver', help: 'for containers without their own (default json-file)' },
  'log-opt': { json: 'log-opts', many: true, map: true, help: 'max-size=10m and the like, for that driver' },
  label: { json: 'labels', many: true, help: 'key=value, shown by info' },
  'dns-listen': { json: 'dns-listen', help: 'answer NAME.pontoon to the host: 127.0.0.54:53 (default: no)' },
  'insecure-registry': { json: 'insecure-registries', many: true, help: 'registry without (checked) TLS' },
  'registry-mirror': { json: 'registry-mirrors', many: true, help: 'mirror of Docker Hub' },
  'default-runtime': { json: 'default-runtime', help: 'crun or runc (default: crun where it is installed)' },
  'log-level': { json: 'log-level', help: 'debug, info, warn, error, fatal (default info)' },
  tlscacert: { json: 'tlscacert', help: 'CA of the clients’ certificates' },
  tlscert: { json: 'tlscert', help: 'the daemon’s certificate' },
  tlskey: { json: 'tlskey', help: 'its key' },
  'config-file': { json: '', help: 'default /etc/pontoon/daemon.json' },
} as const;

export type Flag = keyof typeof flags;

/** dockerd's, for parts that are always so here, or not there (dockerd(8), daemon configuration file). */
export const withoutEffect = new Set([
  ...[
    'live-restore',
    'userland-proxy',
    'userland-proxy-path',
    'iptables',
    'ip6tables',
    'ip-forward',
    'ip-masq',
  ],
  ...['ip-forward-no-drop', 'storage-driver', 'storage-opts', 'exec-opts', 'exec-root', 'pidfile', 'group'],
  ...['features', 'experimental', 'builder', 'max-concurrent-downloads', 'max-concurrent-uploads'],
  ...['max-download-attempts', 'shutdown-timeout', 'debug', 'runtimes', 'init', 'raw-logs', 'log-format'],
  ...[
    'metrics-addr',
    'selinux-enabled',
    'containerd',
    'tls',
    'tlsverify',
    'firewall-backend',
    'min-api-version',
  ],
  ...[
    'default-ulimits',
    'default-shm-size',
    'default-cgroupns-mode',
    'default-ipc-mode',
    'allow-direct-routing',
  ],
]);
export function helpText(): string {
  const lines = Object.entries(flags).map(([name, flag]) => {
    const short = 'short' in flag ? `-${flag.short}, ` : '    ';
    return `  ${short}--${name.padEnd(22)} ${flag.help}`;
  });
  return [
    'Usage: pontoon daemon [OPTIONS]',
    '',
    ...lines,
    '',
    'Each has a twin PONTOON_<NAME> (for --host: PONTOON_LISTEN) and a line in daemon.json.',
    '',
  ].join('\n');
}
