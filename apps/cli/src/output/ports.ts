import type { Port } from '@pontoon/api';

interface Run {
  first: number;
  last: number;
}

/**
 * The PORTS column as Docker's client orders it: same-number mappings and unpublished ports joined into ranges, then
 * the mappings whose numbers differ: `0.0.0.0:9000-9003->9000-9003/tcp, 443/tcp, 0.0.0.0:8080->80/tcp`.
 */
export function formatPorts(ports: Port[]): string {
  const done: string[] = [];
  const open = new Map<string, Run>();
  const mapped: string[] = [];
  for (const port of [...ports].sort(compare)) {
    if (port.PublicPort && port.PublicPort !== port.PrivatePort) {
      mapped.push(`${hostOf(port)}:${port.PublicPort}->${port.PrivatePort}/${port.Type}`);
      continue;
    }
    const key = port.PublicPort ? `${hostOf(port)}/${port.Type}` : port.Type;
    const run = open.get(key);
    if (run && port.PrivatePort === run.last + 1) run.last = port.PrivatePort;
    else {
      if (run) done.push(formatRun(key, run));
      open.set(key, { first: port.PrivatePort, last: port.PrivatePort });
    }
  }
  const rest = [...open].sort(([a], [b]) => order(a, b)).map(([key, run]) => formatRun(key, run));
  return [...done, ...rest, ...mapped].join(', ');
}

function formatRun(key: string, { first, last }: Run): string {
  const ports = first === last ? `${first}` : `${first}-${last}`;
  const slash = key.lastIndexOf('/');
  if (slash < 0) return `${ports}/${key}`;
  return `${key.slice(0, slash)}:${ports}->${ports}${key.slice(slash)}`;
}

const hostOf = ({ IP = '' }: Port): string => (IP.includes(':') ? `[${IP}]` : IP);

function compare(a: Port, b: Port): number {
  return (
    a.PrivatePort - b.PrivatePort ||
    order(a.IP ?? '', b.IP ?? '') ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    order(a.Type, b.Type)
  );
}

/** By bytes, as Go compares: `0.0.0.0` before `::`. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
