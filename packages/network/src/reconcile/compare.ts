import { join } from 'node:path';
import { messageOf } from '@pontoon/fault';
import { applyStep } from '../apply.ts';
import type { SetElement } from '../firewall/elements.ts';
import type { Finding } from '../intent.ts';
import type { Kernel } from '../kernel.ts';
import type { Owner } from '../names.ts';
import { describePlan, type Plan, type Step } from '../plan.ts';
import { adjust } from './adjust.ts';
import { type Difference, differenceOf } from './difference.ts';
import { compareElements } from './elements.ts';
import { Seen } from './snapshot.ts';
import { pinnedNamespaces, strayLinks, strayNamespaces } from './strays.ts';

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
  // One for all plans: with a thousand networks the host's links are a long list, not to be read a thousand times.
  const seen = new Seen(kernel);
  for (const plan of expected.plans) {
    findings.push(...comparePlan(kernel, plan, { seen, mounted }, how));
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

function comparePlan(
  kernel: Kernel,
  plan: Plan,
  { seen, mounted }: { seen: Seen; mounted: Set<string> },
  how: Comparison,
): Finding[] {
  const findings: Finding[] = [];
  // A link that is made anew is empty inside, whatever was to be looked at.
  let { inside } = how;
  for (const step of plan) {
    if (step.kind === 'elements' || (!inside && isInside(step))) continue;
    if (step.kind === 'namespace') {
      if (mounted.has(step.path)) continue;
      // The container's processes are in the lost one: a new namespace would not be theirs.
      findings.push(finding(step, { problem: 'missing' }, false));
      return findings;
    }
    const difference = differenceOf(step, seen, inside);
    if (!difference) continue;
    findings.push(how.repair ? mend(kernel, step, difference) : finding(step, difference, false));
    if (how.repair) for (const where of placesOf(step, difference)) seen.forget(where);
    inside ||= how.repair && difference.problem === 'missing' && makesLinkInside(step);
  }
  return findings;
}

/** Where it shows that a step was made true. What changed in place on the host is of interest to no other step. */
function placesOf(step: Step, { problem }: Difference): (string | undefined)[] {
  const host = problem === 'missing' ? [undefined] : [];
  if ('inside' in step) return [...host, step.inside.namespace];
  return 'where' in step && step.where !== undefined ? [step.where] : host;
}

const isInside = (step: Step): boolean => 'where' in step && step.where !== undefined;
const makesLinkInside = ({ kind }: Step): boolean => kind === 'veth' || kind === 'macvlan';

function mend(kernel: Kernel, step: Step, difference: Difference): Finding {
  try {
    if (difference.problem === 'missing') applyStep(kernel, step);
    else adjust(kernel, step);
    return finding(step, difference, true);
  } catch (error) {
    return { ...finding(step, difference, false), detail: messageOf(error) };
  }
}

function finding(step: Step, difference: Difference, repaired: boolean): Finding {
  const { kind, subject, detail } = describePlan([step])[0]!;
  const { problem } = difference;
  const more = problem === 'different' ? `: ${difference.detail}` : '';
  return { kind: kind as Finding['kind'], subject, problem, detail: `${detail}${more}`, repaired };
}
