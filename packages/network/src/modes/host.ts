import type { Plan } from '../plan.ts';

/** `--network=host`: the namespace that the daemon was started in. There is nothing to make. */
export function host(): Plan {
  return [];
}
