/**
 * What the network ought to hold, as plain data: the engine stores it as JSON, `modes/` turns it into plans, and
 * `reconcile` compares it with the kernel. Addresses are texts in their canonical form (RFC 5952 for IPv6).
 */
export type Family = 4 | 6;

export interface Subnet {
  family: Family;
  /** "172.17.0.0/16" */
  subnet: string;
  /** Of the bridge: "172.17.0.1". Empty where the network has none (macvlan without, isolated gateway mode). */
  gateway: string;
  /** Addresses are handed out of this part only. */
  range?: string;
  /** Addresses never handed out, by name. */
  auxiliary?: Record<string, string>;
}

/**
 * How the outside and the network meet, by family: `nat` (masquerade, published ports by DNAT), `nat-unprotected` (also
 * every unpublished port open to direct routing), `routed` (no NAT, published ports open to direct routing),
 * `isolated` (an internal network whose bridge has no address).
 */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

export type MacvlanMode = 'bridge' | 'private' | 'vepa' | 'passthru';

export interface NetworkIntent {
  /** 64 hex digits. */
  id: string;
  name: string;
  driver: 'bridge' | 'macvlan' | 'ipvlan';
  /** Name of the bridge's link: `pontoon0`, `br-<12 hex>`, or the user's; empty for macvlan. */
  bridge: string;
  subnets: Subnet[];
  /** Bytes; where absent the engine chooses: modes/wire.ts. */
  mtu?: number;
  internal: boolean;
  /** May containers of this network talk to each other? `false`: the bridge's ports are isolated by the kernel. */
  icc: boolean;
  masquerade: boolean;
  /** The network that `--network=bridge` means. */
  isDefault: boolean;
  /** Host address for ports published without one; "0.0.0.0" where absent. */
  hostBinding?: string;
  gatewayMode4?: GatewayMode;
  gatewayMode6?: GatewayMode;
  /** Source address of what leaves, in place of masquerading (host_ipv4, host_ipv6). */
  hostAddress4?: string;
  hostAddress6?: string;
  /** macvlan: the link of the host that it stands on. */
  parent?: string;
  macvlanMode?: MacvlanMode;
  /** "eth" where absent: eth0, eth1, … */
  containerPrefix?: string;
  /** Longest train of segments that crosses its links in one piece, in bytes (IFLA_GSO_MAX_SIZE); 0: the kernel's default. */
  offload?: number;
}

export interface EndpointAddress {
  family: Family;
  address: string;
  prefixLength: number;
}

export type Protocol = 'tcp' | 'udp' | 'sctp';

export interface PublishedPort {
  protocol: Protocol;
  containerPort: number;
  /** "0.0.0.0", "::", or one address of the host. */
  hostAddress: string;
  hostPort: number;
  /** How many ports in a row, on both sides, from the two above; 1 where it is a single one. */
  count: number;
  /** Sources that may use it ("198.51.100.0/24"); everyone where absent. */
  allow?: string[];
}

export interface PortRequest {
  protocol: Protocol;
  containerPort: number;
  containerPortEnd?: number;
  /** All IPv4 and IPv6 addresses where absent, as far as the network has the family. */
  hostAddress?: string;
  /** 0 or absent: a random one of the ephemeral range. */
  hostPort?: number;
  /** With one container port: any free one of hostPort-hostPortEnd. With as many: one to one. */
  hostPortEnd?: number;
  allow?: string[];
}

export interface EndpointIntent {
  /** 64 hex digits. */
  id: string;
  networkId: string;
  containerId: string;
  /** Name inside: "eth0". */
  interface: string;
  /** Name on the host: "veth1a2b3c4"; empty for macvlan. */
  hostLink: string;
  /** Which further bridge of the network it is on, from 1: modes/extension.ts. The network's own where absent. */
  extension?: number;
  mac: string;
  addresses: EndpointAddress[];
  /** Only where this endpoint carries the container's default route of the family. */
  gateway4?: string;
  gateway6?: string;
  ports: PublishedPort[];
  /** Written inside once the link is there; `IFNAME` stands for the interface: net.ipv4.conf.IFNAME.log_martians. */
  sysctls?: Record<string, string>;
  /** Link-local addresses besides ("169.254.34.68"), /16 and /64. */
  linkLocal?: string[];
}

/** A network namespace of a container; it is bind-mounted on `path`. */
export interface Sandbox {
  containerId: string;
  path: string;
}

/** `network attach`: one more interface, on any bridge of the host, as pipework makes it. */
export interface Attachment {
  /** 64 hex digits. */
  id: string;
  interface: string;
  bridge: string;
  /** "192.168.1.1/24" */
  address?: string;
  gateway?: string;
  mac?: string;
  hostLink: string;
}

/** What one sandbox ought to hold. */
export interface SandboxIntent {
  sandbox: Sandbox;
  running: boolean;
  endpoints: EndpointIntent[];
  attachments: Attachment[];
}

export interface NetworkState {
  networks: NetworkIntent[];
  sandboxes: SandboxIntent[];
}

/** One difference between intent and kernel. */
export interface Finding {
  kind: 'link' | 'address' | 'route' | 'element' | 'table' | 'namespace' | 'sysctl';
  /** What it is about: a link's name, a set and its element. */
  subject: string;
  problem: 'missing' | 'different' | 'unexplained';
  detail: string;
  repaired: boolean;
}

/** Counters of one interface, as `ip -s link` shows them. */
export interface InterfaceStatistics {
  rxBytes: number;
  rxPackets: number;
  rxErrors: number;
  rxDropped: number;
  txBytes: number;
  txPackets: number;
  txErrors: number;
  txDropped: number;
}
