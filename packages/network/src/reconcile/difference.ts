import type { Link } from '@pontoon/netlink';
import type { Step } from '../plan.ts';
import { readSysctl, within } from '../sysctl.ts';
import { ANY_SEGMENTS } from './adjust.ts';
import type { Seen } from './snapshot.ts';

/** How the kernel differs from a step: what it makes is not there, or is there otherwise ("mtu 1500, not 9000"). */
export type Difference = { problem: 'missing' } | { problem: 'different'; detail: string };

type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const MISSING: Difference = { problem: 'missing' };

/** @param inside whether to look into namespaces for what a step makes in two places @returns undefined where it holds */
export function differenceOf(step: Step, seen: Seen, inside: boolean): Difference | undefined {
  switch (step.kind) {
    case 'bridge':
      return ofBridge(step, seen);
    case 'veth':
      return ofVeth(step, seen, inside);
    case 'pair':
      return ofPair(step, seen);
    case 'macvlan':
      return seen.at(step.inside.namespace).links.has(step.inside.name) ? undefined : MISSING;
    case 'up':
      return seen.at(step.where).links.get(step.link)?.up ? undefined : MISSING;
    case 'address':
      return ofAddress(step, seen);
    case 'route':
      return ofRoute(step, seen);
    case 'sysctl': {
      const value = within(step.where, () => readSysctl(step.key));
      return value === undefined || value === step.value ? undefined : MISSING;
    }
    default:
      return undefined;
  }
}

function ofBridge({ name, adopt, mtu, offload }: Of<'bridge'>, seen: Seen): Difference | undefined {
  const link = seen.at(undefined).links.get(name);
  if (!link) return MISSING;
  // The ports' limit is the bridge's, and without a port it is small: br_set_gso_limits.
  const largest = Math.min(offload ?? 0, link.tsoMaxSize ?? 0);
  return adopt ? undefined : different(compared(link, { mtu, gsoMaxSize: largest || undefined }));
}

function ofVeth(step: Of<'veth'>, seen: Seen, inside: boolean): Difference | undefined {
  const { links } = seen.at(undefined);
  const link = links.get(step.name);
  if (!link) return MISSING;
  const { mtu, offload, isolated } = step;
  const master = indexOf(links, step.bridge);
  const inner = inside ? seen.at(step.inside.namespace).links.get(step.inside.name) : undefined;
  const size = { mtu, gsoMaxSize: offload };
  return different([
    ...compared(port(link), { ...size, up: true, isolated, master }),
    ...(inner ? compared(inner, { ...size, gsoMaxSegments: step.segments ?? ANY_SEGMENTS }) : []),
  ]);
}

function ofPair(step: Of<'pair'>, seen: Seen): Difference | undefined {
  const { links } = seen.at(undefined);
  const [one, other] = [links.get(step.name), links.get(step.peer)];
  if (!one || !other) return MISSING;
  const { mtu, offload, isolated, bridge, peerBridge } = step;
  const wanted = { mtu, gsoMaxSize: offload, up: true };
  return different([
    ...compared(port(one), { ...wanted, isolated, master: indexOf(links, bridge) }),
    ...compared(port(other), { ...wanted, master: indexOf(links, peerBridge) }),
  ]);
}

const port = (link: Link): Link => ({ ...link, master: link.master ?? 0 });
const indexOf = (links: Map<string, Link>, name: string | undefined): number | undefined =>
  name === undefined ? undefined : links.get(name)?.index;

function ofAddress(
  { where, link, address, prefixLength }: Of<'address'>,
  seen: Seen,
): Difference | undefined {
  const { links, addresses } = seen.at(where);
  const index = links.get(link)?.index;
  const there = addresses.some(
    (found) => found.link === index && found.address === address && found.prefixLength === prefixLength,
  );
  return there ? undefined : MISSING;
}

function ofRoute({ where, destination, gateway, mtu }: Of<'route'>, seen: Seen): Difference | undefined {
  const route = seen
    .at(where)
    .routes.find((found) => found.destination === destination && found.gateway === gateway);
  return route ? different(route.mtu === mtu ? [] : [`mtu ${route.mtu}, not ${mtu}`]) : MISSING;
}

const NAMES = {
  ...{ mtu: 'mtu', gsoMaxSize: 'gso_max_size', gsoMaxSegments: 'gso_max_segs' },
  ...{ up: 'up', isolated: 'isolated', master: 'master' },
} as const satisfies Partial<Record<keyof Link, string>>;
type Compared = { [Key in keyof typeof NAMES]?: Link[Key] | undefined };

/** What of a link is not as wanted. What the kernel does not tell is taken as right. */
function compared(link: Link, wanted: Compared): string[] {
  return (Object.keys(wanted) as (keyof Compared)[])
    .filter((key) => wanted[key] !== undefined && link[key] !== undefined && link[key] !== wanted[key])
    .map((key) => `${NAMES[key]} ${link[key]}, not ${wanted[key]}`);
}

const different = (details: string[]): Difference | undefined =>
  details.length > 0 ? { problem: 'different', detail: details.join('; ') } : undefined;
