import type { Plan } from '../plan.ts';

/** `--network=container:ID`: that container's namespace, links and addresses. There is nothing to make. */
export function container(): Plan {
  return [];
}
