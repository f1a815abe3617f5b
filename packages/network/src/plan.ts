import { describeElement, type SetElement } from './firewall/elements.ts';
import type { MacvlanMode } from './intent.ts';

/**
 * A plan is what the kernel ought to hold, in the order in which it can come to be. `apply` makes it so and undoes it in
 * reverse where one step fails; `undo` takes it away. `where` is the path of a namespace; the host's where it is absent.
 */
export type Plan = Step[];

export type Step =
  | { kind: 'namespace'; path: string; ipv6: boolean }
  | ({ kind: 'bridge' } & BridgeLink)
  | ({ kind: 'veth' } & VethPair)
  | ({ kind: 'pair' } & Cable)
  | ({ kind: 'macvlan' } & MacvlanLink)
  | { kind: 'up'; where?: string; link: string }
  | { kind: 'address'; where?: string; link: string; address: string; prefixLength: number }
  | { kind: 'route'; where?: string; link: string; destination: string; gateway?: string; mtu?: number }
  | { kind: 'sysctl'; where?: string; key: string; value: string }
  | { kind: 'elements'; elements: SetElement[] };

export interface BridgeLink {
  name: string;
  alias: string;
  mac?: string;
  /** Bytes; as it is where absent. */
  mtu?: number;
  /** Bytes: IFLA_GSO_MAX_SIZE and its kin. */
  offload?: number;
  /** Where the bridge is there already and not ours: use it (`network attach`, bridge.name of a user's). */
  adopt?: boolean;
}

export interface VethPair {
  /** The end on the host, a port of the bridge. */
  name: string;
  bridge: string;
  alias: string;
  /** Ports that are isolated reach the bridge, not each other (icc=false). */
  isolated: boolean;
  /** Bytes; the bridge's where absent. */
  mtu?: number;
  offload?: number;
  /** IFLA_GSO_MAX_SEGS of the end inside. */
  segments?: number;
  inside: InsideLink;
}

/** A veth pair of which both ends are on the host. */
export interface Cable {
  name: string;
  peer: string;
  alias: string;
  mtu?: number;
  offload?: number;
  /** The bridges that its ends are ports of, if any. */
  bridge?: string;
  peerBridge?: string;
  /** The end `name`, as a port. */
  isolated?: boolean;
}

export interface MacvlanLink {
  parent: string;
  mode: MacvlanMode;
  alias: string;
  mtu?: number;
  inside: InsideLink;
}

export interface InsideLink {
  namespace: string;
  name: string;
  mac?: string;
  ipv6: boolean;
}

/** One line of a dry run. */
export interface PlannedChange {
  verb: 'add' | 'delete' | 'change';
  kind: string;
  subject: string;
  detail: string;
}

/** The plan in words, as `--dry-run` shows it. */
export function describePlan(plan: Plan, verb: 'add' | 'delete' = 'add'): PlannedChange[] {
  return plan.flatMap((step) => describeStep(step).map((line) => ({ verb, ...line })));
}

const at = (where: string | undefined): string => (where ? `in ${where}` : 'on the host');

function describeStep(step: Step): Omit<PlannedChange, 'verb'>[] {
  const { kind } = step;
  switch (step.kind) {
    case 'namespace':
      return [{ kind, subject: step.path, detail: 'a network namespace with its loopback' }];
    case 'bridge':
      return [{ kind: 'link', subject: step.name, detail: `bridge, mtu ${step.mtu ?? 'of the kernel'}` }];
    case 'veth': {
      const isolated = step.isolated ? ', isolated' : '';
      const detail = `veth pair: port of ${step.bridge}${isolated}; ${step.inside.name} inside`;
      return [{ kind: 'link', subject: step.name, detail }];
    }
    case 'pair': {
      const ends = step.bridge ? `, between ${step.bridge} and ${step.peerBridge}` : '';
      return [{ kind: 'link', subject: step.name, detail: `a cable to ${step.peer}${ends}` }];
    }
    case 'macvlan':
      return [{ kind: 'link', subject: step.inside.name, detail: `macvlan ${step.mode} on ${step.parent}` }];
    case 'up':
      return [{ kind: 'link', subject: step.link, detail: `up, ${at(step.where)}` }];
    case 'address':
      return [
        {
          ...{ kind, subject: `${step.address}/${step.prefixLength}` },
          detail: `on ${step.link} ${at(step.where)}`,
        },
      ];
    case 'route': {
      const by = step.gateway ? `by ${step.gateway} ` : '';
      const size = step.mtu ? `, mtu ${step.mtu}` : '';
      return [{ kind, subject: step.destination, detail: `${by}over ${step.link} ${at(step.where)}${size}` }];
    }
    case 'sysctl':
      return [{ kind, subject: step.key, detail: `${step.value}, ${at(step.where)}` }];
    case 'elements':
      return step.elements.map((element) => ({
        ...{ kind: 'element', subject: element.set },
        detail: describeElement(element),
      }));
  }
}
