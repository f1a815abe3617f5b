import type { PlanResponse } from '@pontoon/api';
import type { Context } from '../verb.ts';
import { alignColumns } from './table.ts';

const SIGNS = { add: '+', delete: '-', change: '~' };

/** What would come, go and change in the kernel, and who could reach whom because of it. */
export function printPlan({ stdout }: Context, { Steps, Reach }: PlanResponse): number {
  const lines = Steps.map((step) => [
    `${SIGNS[step.Verb]} ${step.Kind}`,
    ...[step.Subject, step.Detail].map(withoutPath),
  ]);
  stdout.write(lines.length > 0 ? alignColumns(lines, 4) : 'nothing would change\n');
  if (Reach.length > 0) stdout.write(`\n${Reach.map((sentence) => `${sentence}\n`).join('')}`);
  return 0;
}

/** A container's namespace by the container's short id, as all else calls it; its whole path is too wide to read. */
function withoutPath(text: string): string {
  return text.replaceAll(/\/\S*\/netns\/([0-9a-f]{12})[0-9a-f]{52}/g, 'container $1');
}
