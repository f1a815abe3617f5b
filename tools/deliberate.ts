/** Where Pontoon does otherwise than dockerd, on purpose: found by running the same command lines against both. */
export interface Deliberate {
  what: string;
  why: string;
}

/** A client can notice these. */
export const deliberate: Deliberate[] = [
  {
    what: 'no `[::]` binding is listed for a container without an IPv6 address',
    why: "dockerd's proxy would carry IPv6 into IPv4 there; without a proxy nothing could answer",
  },
  {
    what: '`--network none` has `::1` on `lo`',
    why: 'as docker 28; 20.10 switches IPv6 off there',
  },
  {
    what: '`--cap-add` and `--privileged` give at most what the daemon itself has',
    why: 'dockerd fails to start such containers where root is not almighty (an engine inside a container)',
  },
  {
    what: '`--blkio-weight` outside 10–1000 is refused also where the kernel has no weights',
    why: 'it is wrong everywhere; 20.10 discards it with a warning',
  },
  {
    what: '`update --memory` without `--memory-swap` is taken where swap has no limit',
    why: '20.10 compares the wish with "no limit" as if that were 0',
  },
  {
    what: '`run --pull always busybox` says that the image is up to date',
    why: 'the default image is made by the engine itself; no registry has a newer one',
  },
  {
    what: 'network names are `[a-zA-Z0-9][a-zA-Z0-9_.-]*`; subnets are written with the bits of the host zero',
    why: 'as docker 28; 20.10 takes anything',
  },
  {
    what: 'an address wished for on a network whose subnet was chosen by the engine is refused at `create`',
    why: 'dockerd refuses it at the start, and leaves a container that cannot start',
  },
  {
    what: 'a bind with `rshared` below a mount that is private is made, and shares nothing with the host',
    why: 'dockerd refuses it; the kernel does not',
  },
  {
    what: 'published UDP answers from the address that was asked',
    why: "dockerd's proxy answers from the first address of the host",
  },
  {
    what: 'no events `volume mount` and `volume unmount`',
    why: 'no driver but `local`: the events `start` and `die` of the container say the same',
  },
  { what: 'log drivers are json-file, local and none', why: 'others are programs of their own on one host' },
  {
    what: '`kill -s 99`: `Invalid signal: 99`',
    why: 'dockerd says that the platform lacks it; the status is the same',
  },
];

/** The end-to-end tests run against dockerd 20.10 as well; these of them are skipped there. */
export const oracleSkips: Deliberate[] = [
  {
    what: 'a MAC address, priorities and options of one endpoint; several networks at `run`',
    why: 'docker 28 asks for API 1.44',
  },
  {
    what: 'IPv6 networks and ports; gateway modes; OCI layouts; names inside internal networks',
    why: 'later than 20.10',
  },
  {
    what: 'a packet for 127.0.0.1 that comes by wire is dropped',
    why: '20.10 lets it in',
  },
  {
    what: 'no process between client and container; a thousand ports at once; SCTP on the host itself',
    why: 'docker-proxy: one process a port, minutes for a thousand, and it asks the kernel for SCTP sockets',
  },
  {
    what: 'self-repair, live ports, `network attach`, the plan of `--dry-run`, the resolver on the host, MTU by route',
    why: 'dockerd has none of them',
  },
  {
    what: 'macvlan without a parent',
    why: 'dockerd makes a dummy link for it, which not every kernel has',
  },
  {
    what: 'a body of 100 MB is refused unread; a second daemon on the same roots',
    why: 'dockerd reads it; it has a pid file',
  },
  { what: 'privileged containers where root lacks a capability', why: 'dockerd fails' },
];
