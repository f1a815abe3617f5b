import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@pontoon/fault';
import {
  deleteLink,
  type Link,
  type LinkAddress,
  listAddresses,
  listLinks,
  listRoutes,
  type Route,
  UNFINISHED_GROUP,
} from '@pontoon/netlink';
import { removeNamespace } from '@pontoon/sys';
import { applyStep, type Kernel, readSysctl, within } from './apply.ts';
import { changeElements, presentElements } from './firewall/change.ts';
import { describeElement, SET_NAMES, type SetElement } from './firewall/elements.ts';
import type { Finding } from './intent.ts';
import { idOfAlias, type Owner } from './names.ts';
import { describePlan, type Plan, type Step } from './plan.ts';

export interface Expected {
  /** In order: networks, then each sandbox's own. */
  plans: Plan[];
  /** Elements that belong to no plan. */
  elements: SetElement[];
}

export interface Comparison {
  repair: boolean;
  /** Look into the namespaces too; else only at what the host shows. */
  inside: boolean;
}

/**
 * Compares what ought to be with what the kernel has; with `repair` it adds what lacks and removes what is this
 * engine's and has no reason any more. What is not ours is neither seen nor touched.
 */
export function compare(
  kernel: Kernel,
  expected: Expected,
  place: { owner: Owner; runRoot: string },
  how: Comparison,
): Finding[] {
  const findings: Finding[] = [];
  const mounted = pinnedNamespaces(join(place.runRoot, 'netns'));
  for (const plan of expected.plans) {
    findings.push(...comparePlan(kernel, plan, mounted, how));
    kernel.leave();
  }
  findings.push(...strayLinks(kernel, expected.plans, place.owner, how.repair));
  findings.push(...compareElements(kernel, allElements(expected), how.repair));
  findings.push(...strayNamespaces(expected.plans, mounted, how.repair));
  return findings;
}

const allElements = ({ plans, elements }: Expected): SetElement[] => [
  ...elements,
  ...plans.flat().flatMap((step) => (step.kind === 'elements' ? step.elements : [])),
];

/** What one namespace has, read once for all steps of a plan and anew after a repair. */
interface Snapshot {
  links: Map<string, Link>;
  addresses: LinkAddress[];
  routes: Route[];
}

function comparePlan(kernel: Kernel, plan: Plan, mounted: Set<string>, how: Comparison): Finding[] {
  const findings: Finding[] = [];
  let snapshots = new Map<string | undefined, Snapshot>();
  const seen = (where: string | undefined): Snapshot => {
    const known = snapshots.get(where);
    if (known) return known;
    const taken = snapshot(kernel, where);
    snapshots.set(where, taken);
    return taken;
  };
  // A link that is made anew is empty inside, whatever was to be looked at.
  let { inside } = how;
  for (const step of plan) {
    if (step.kind === 'elements' || (!inside && isInside(step))) continue;
    if (step.kind === 'namespace') {
      if (mounted.has(step.path)) continue;
      // The container's processes are in the lost one: a new namespace would not be theirs.
      findings.push(finding(step, 'missing', false));
      return findings;
    }
    if (holds(step, seen)) continue;
    findings.push(mend(kernel, step, how.repair));
    snapshots = new Map();
    inside ||= how.repair && (step.kind === 'veth' || step.kind === 'macvlan');
  }
  return findings;
}

const isInside = (step: Step): boolean => 'where' in step && step.where !== undefined;

function snapshot(kernel: Kernel, where: string | undefined): Snapshot {
  const connection = kernel.route(where);
  return {
    links: new Map(listLinks(connection).map((link) => [link.name, link])),
    addresses: listAddresses(connection),
    routes: [...listRoutes(connection, { family: 4 }), ...listRoutes(connection, { family: 6 })],
  };
}

function holds(step: Step, seen: (where: string | undefined) => Snapshot): boolean {
  switch (step.kind) {
    case 'bridge':
      return seen(undefined).links.has(step.name);
    case 'veth': {
      const { links } = seen(undefined);
      const link = links.get(step.name);
      return link?.up === true && link.master === links.get(step.bridge)?.index;
    }
    case 'pair': {
      const { links } = seen(undefined);
      return links.get(step.name)?.up === true && links.get(step.peer)?.up === true;
    }
    case 'macvlan':
      return seen(step.inside.namespace).links.has(step.inside.name);
    case 'up':
      return seen(step.where).links.get(step.link)?.up === true;
    case 'address': {
      const index = seen(step.where).links.get(step.link)?.index;
      return seen(step.where).addresses.some(
        (found) =>
          found.link === index && found.address === step.address && found.prefixLength === step.prefixLength,
      );
    }
    case 'route':
      return seen(step.where).routes.some(
        (found) => found.destination === step.destination && found.gateway === step.gateway,
      );
    case 'sysctl': {
      const value = within(step.where, () => readSysctl(step.key));
      return value === undefined || value === step.value;
    }
    default:
      return true;
  }
}

function mend(kernel: Kernel, step: Step, repair: boolean): Finding {
  if (!repair) return finding(step, 'missing', false);
  try {
    if (step.kind === 'veth') dropHalf(kernel, step.name);
    applyStep(kernel, step);
    return finding(step, 'missing', true);
  } catch (error) {
    return { ...finding(step, 'missing', false), detail: messageOf(error) };
  }
}

/** A pair whose host end is down or out of its bridge is made anew: what stood on it is found missing next. */
function dropHalf(kernel: Kernel, name: string): void {
  deleteLink(kernel.host, { name });
}

function finding(step: Step, problem: Finding['problem'], repaired: boolean): Finding {
  const { kind, subject, detail } = describePlan([step])[0]!;
  return { kind: kind as Finding['kind'], subject, problem, detail, repaired };
}

/** Links of the host that a step makes. */
function namesOf(step: Step): string[] {
  if (step.kind === 'pair') return [step.name, step.peer];
  return step.kind === 'bridge' || step.kind === 'veth' ? [step.name] : [];
}

function strayLinks(kernel: Kernel, plans: Plan[], owner: Owner, repair: boolean): Finding[] {
  const expected = new Set(plans.flat().flatMap((step) => namesOf(step)));
  const stray = listLinks(kernel.host).filter(
    (link) =>
      (isUnfinished(link) || idOfAlias(owner, link.alias) !== undefined) &&
      !expected.has(link.name) &&
      !kernel.going.has(link.name),
  );
  for (const link of repair ? stray : []) deleteLink(kernel.host, link.index);
  return stray.map(({ name, alias = '' }) => ({
    ...{ kind: 'link', subject: name, problem: 'unexplained', detail: `a leftover: ${alias}` },
    repaired: repair,
  }));
}

/** Made by an engine that died before it could write its name on it. */
const isUnfinished = ({ group, alias }: Link): boolean => group === UNFINISHED_GROUP && !alias;

/** All sets, each by one dump; what differs is mended in one transaction. */
export function compareElements(kernel: Kernel, expected: SetElement[], repair: boolean): Finding[] {
  const wanted = Map.groupBy(expected, ({ set }) => set);
  const missing: SetElement[] = [];
  const stray: SetElement[] = [];
  for (const set of SET_NAMES) {
    const absent = new Map((wanted.get(set) ?? []).map((element) => [describeElement(element), element]));
    const present = presentElements(kernel.netfilter, set);
    stray.push(...present.filter((element) => !absent.delete(describeElement(element))));
    missing.push(...absent.values());
  }
  // A changed value is one stray and one missing element of the same key: the old must go first.
  if (repair)
    changeElements(kernel.netfilter, [
      { verb: 'delete', elements: stray },
      { verb: 'add', elements: missing },
    ]);
  return [
    ...stray.map((element) => elementFinding(element, 'unexplained', repair)),
    ...missing.map((element) => elementFinding(element, 'missing', repair)),
  ];
}

const elementFinding = (element: SetElement, problem: Finding['problem'], repaired: boolean): Finding => ({
  ...{ kind: 'element', subject: element.set, problem, detail: describeElement(element), repaired },
});

function strayNamespaces(plans: Plan[], mounted: Set<string>, repair: boolean): Finding[] {
  const expected = new Set(plans.flat().flatMap((step) => (step.kind === 'namespace' ? [step.path] : [])));
  const stray = [...mounted].filter((path) => !expected.has(path));
  for (const path of repair ? stray : []) removeNamespace(path);
  return stray.map((path) => ({
    ...{ kind: 'namespace', subject: path, problem: 'unexplained', detail: 'no container has it' },
    repaired: repair,
  }));
}

/** All that lies in the folder of pinned namespaces, and is mounted. A file without a mount counts when it is stray. */
function pinnedNamespaces(folder: string): Set<string> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = new Set(mounts.map((line) => line.split(' ')[4] ?? ''));
  return new Set(entries(folder).filter((path) => points.has(path)));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
