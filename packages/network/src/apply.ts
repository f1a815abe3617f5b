import { Fault, messageOf } from '@pontoon/fault';
import type { Kernel } from './kernel.ts';
import { describePlan, type Plan, type Step } from './plan.ts';
import { DO, UNDO } from './steps.ts';

/** Makes a plan true, step by step; where one fails, those before it are undone in reverse. */
export function apply(kernel: Kernel, plan: Plan): void {
  const done: Step[] = [];
  try {
    for (const step of plan) {
      applyStep(kernel, step);
      done.push(step);
    }
  } catch (error) {
    undo(kernel, done);
    throw error;
  } finally {
    kernel.leave();
  }
}

/**
 * Takes a plan away, in reverse. It goes on where a step fails, and gives all that went wrong.
 * @param aside for tear-down that nobody looks at at once: veth pairs go on another thread, problems of which it hears
 */
export function undo(kernel: Kernel, plan: Plan, aside?: (problem: string) => void): string[] {
  const problems: string[] = [];
  for (const step of plan.toReversed()) {
    try {
      if (step.kind === 'namespace') kernel.leave();
      if (step.kind === 'veth' && aside) kernel.deleteAside(step.name, aside);
      else UNDO[step.kind](kernel, step as never);
    } catch (error) {
      problems.push(`remove ${nameOf(step)}: ${messageOf(error)}`);
    }
  }
  kernel.leave();
  return problems;
}

export function applyStep(kernel: Kernel, step: Step): void {
  try {
    DO[step.kind](kernel, step as never);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('internal', `set up ${nameOf(step)}: ${messageOf(error)}`, { cause: error });
  }
}

function nameOf(step: Step): string {
  const [first] = describePlan([step]);
  return first ? `${first.kind} ${first.subject} (${first.detail})` : step.kind;
}
