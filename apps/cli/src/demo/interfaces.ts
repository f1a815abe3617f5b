/** Interfaces and their IPv4 addresses, in the kernel's order, out of `busybox ip -o addr`. */
export type Interfaces = Map<string, string[]>;

export const LIST_INTERFACES = ['ip', '-o', 'addr'];

export function readInterfaces(text: string): Interfaces {
  const found: Interfaces = new Map();
  for (const line of text.split('\n')) {
    const [, name = '', rest = ''] = /^\d+: ([^\s@:]+)[@:]?\S*\s+(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    const address = /\binet (\S+)/.exec(rest)?.[1];
    found.set(name, [...(found.get(name) ?? []), ...(address ? [address] : [])]);
  }
  return found;
}

/** `ifconfig` without its counters, which go on between two looks. */
export const withoutCounters = (ifconfig: string): string =>
  ifconfig
    .split('\n')
    .filter((line) => !/packets:|bytes:|collisions:/.test(line))
    .join('\n');
