import { familyOf } from '../address.ts';
import type { PublishedPort } from '../intent.ts';

/** Do they share a number of the host, in one protocol and family? */
export function overlap(a: PublishedPort, b: PublishedPort): boolean {
  const apart = a.hostPort + a.count <= b.hostPort || b.hostPort + b.count <= a.hostPort;
  return a.protocol === b.protocol && familyOf(a.hostAddress) === familyOf(b.hostAddress) && !apart;
}

/** What is left of a range before and behind a part that goes. */
export function without(range: PublishedPort, part: PublishedPort): PublishedPort[] {
  const before = part.hostPort - range.hostPort;
  const behind = range.hostPort + range.count - (part.hostPort + part.count);
  return [
    ...(before > 0 ? [{ ...range, count: before }] : []),
    ...(behind > 0 ? [shifted(range, range.count - behind, behind)] : []),
  ];
}

const shifted = (range: PublishedPort, by: number, count: number): PublishedPort => ({
  ...{ ...range, count, containerPort: range.containerPort + by },
  hostPort: range.hostPort === 0 ? 0 : range.hostPort + by, // 0: routed, no port of the host
});

/** One entry a port. */
export function singles(ports: PublishedPort[]): PublishedPort[] {
  return ports.flatMap((range) => Array.from({ length: range.count }, (_, by) => shifted(range, by, 1)));
}

/** Ports in a row with the same number on both sides taken together again: one element of the firewall. */
export function joined(ports: PublishedPort[]): PublishedPort[] {
  const done: PublishedPort[] = [];
  for (const port of ports.toSorted(byPlace)) {
    const last = done.at(-1);
    if (last && follows(last, port)) last.count += port.count;
    else done.push({ ...port });
  }
  return done;
}

const byPlace = (a: PublishedPort, b: PublishedPort): number =>
  a.protocol.localeCompare(b.protocol) ||
  a.hostAddress.localeCompare(b.hostAddress) ||
  a.hostPort - b.hostPort ||
  a.containerPort - b.containerPort;

const follows = (last: PublishedPort, port: PublishedPort): boolean =>
  last.protocol === port.protocol &&
  last.hostAddress === port.hostAddress &&
  last.hostPort + last.count === port.hostPort &&
  last.hostPort === last.containerPort &&
  port.hostPort === port.containerPort &&
  (last.allow ?? []).join() === (port.allow ?? []).join();
