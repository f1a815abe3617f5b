import type { PlanResponse } from '@pontoon/api';
import type { Context } from '../verb.ts';
import { alignColumns } from './table.ts';

const SIGNS = { add: '+', delete: '-', change: '~' };

/** What would come, go and change in the kernel, and who could reach whom because of it. */
export function printPlan({ stdout }: Context, { Steps, Reach }: PlanResponse): number {
  const lines = Steps.map((step) => [`${SIGNS[step.Verb]} ${step.Kind}`, step.Subject, step.Detail]);
  stdout.write(lines.length > 0 ? alignColumns(lines, 4) : 'nothing would change\n');
  if (Reach.length > 0) stdout.write(`\n${Reach.map((sentence) => `${sentence}\n`).join('')}`);
  return 0;
}
