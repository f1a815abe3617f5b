import type { PortMap } from '@pontoon/api';
import { type PublishedPort, singles } from '@pontoon/network';
import { placeOf } from './plan-ports.ts';
import { parsePort, publishedMap } from './ports.ts';

/**
 * HostConfig.PortBindings after a change of what is published: the next start publishes as it is now. Bindings of
 * container ports that nothing changed for stay as the user wrote them, random and all.
 */
export function bindingsNow(bindings: PortMap, before: PublishedPort[], after: PublishedPort[]): PortMap {
  const [had, has] = [singles(before), singles(after)];
  const [old, now] = [new Set(had.map(wordOf)), new Set(has.map(wordOf))];
  const changed = [
    ...had.filter((port) => !now.has(wordOf(port))),
    ...has.filter((port) => !old.has(wordOf(port))),
  ];
  const touched = new Set(changed.map(inside));
  const isStale = (port: string) => portsIn(port).some((one) => touched.has(one));
  const stay = Object.entries(bindings).filter(([port]) => !isStale(port));
  const rewritten = new Set([...touched, ...Object.keys(bindings).filter(isStale).flatMap(portsIn)]);
  const anew = has.filter((port) => rewritten.has(inside(port)));
  return { ...Object.fromEntries(stay), ...publishedMap(anew) };
}

const wordOf = (port: PublishedPort): string => `${placeOf(port)} ${port.allow?.join() ?? ''}`;

const inside = ({ containerPort, protocol }: PublishedPort): string => `${containerPort}/${protocol}`;

function portsIn(text: string): string[] {
  const { protocol, first, last } = parsePort(text);
  return Array.from({ length: last - first + 1 }, (_, offset) => `${first + offset}/${protocol}`);
}
