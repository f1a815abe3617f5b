import { type Machine, run } from './machine.ts';

/** One end of a cable: the machine it goes into, the interface's name there, and its addresses with prefix length. */
export interface Side {
  machine: Machine;
  interface: string;
  addresses: string[];
  /** Default routes by way of these. */
  gateways?: string[];
}

export interface Link {
  mtu?: number;
}

/**
 * Where both ends have the same index (each namespace counts for itself) the kernel takes the veth for a physical
 * device and lets up to a second pass before it acts on the carrier: net/core/link_watch.c, linkwatch_urgent_event.
 */
let nextIndex = 100;

/** Two machines joined by a veth pair: `ip link add A netns X type veth peer B netns Y`. */
export async function linkMachines(left: Side, right: Side, { mtu }: Link = {}): Promise<void> {
  const size = mtu === undefined ? [] : ['mtu', `${mtu}`];
  const peer = ['peer', 'name', right.interface, 'netns', right.machine.name, ...size];
  await run([
    ...[
      'ip',
      'link',
      'add',
      left.interface,
      'index',
      `${nextIndex++}`,
      'netns',
      left.machine.name,
      ...size,
      'type',
      'veth',
    ],
    ...peer,
  ]);
  for (const side of [left, right]) await configure(side);
  for (const side of [left, right]) await route(side);
}

/** One `ip -batch` a machine: a process costs more than all that it does here. */
async function configure(side: Side): Promise<void> {
  const addresses = side.addresses.map((address) => {
    const noDad = address.includes(':') ? ' nodad' : ''; // duplicate detection would hold the address back for a second
    return `address add ${address} dev ${side.interface}${noDad}`;
  });
  await batch(side.machine, [...addresses, `link set ${side.interface} up`]);
}

async function route(side: Side): Promise<void> {
  const routes = (side.gateways ?? []).map(
    (gateway) =>
      `${gateway.includes(':') ? '-6 ' : ''}route add default via ${gateway} dev ${side.interface}`,
  );
  for (const line of routes) await side.machine.run(['ip', ...line.split(' ')]);
}

async function batch(machine: Machine, lines: string[]): Promise<void> {
  await machine.run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
}
