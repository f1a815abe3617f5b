import { type Connection, transaction } from '@pontoon/netlink';
import { SystemError } from '@pontoon/sys';
import type { SetElement } from './elements.ts';
import { TABLE } from './table.ts';

type Verb = 'add' | 'delete';

/** Elements come and go in one transaction: all of them or none. */
export function changeElements(
  netfilter: Connection,
  changes: { verb: Verb; elements: SetElement[] }[],
): void {
  const batch = changes.flatMap(({ verb, elements }) =>
    [...bySet(elements)].map(([set, members]) => ({
      ...{ verb, family: 'inet' as const, table: TABLE, set },
      elements: members.map(({ key, keyEnd, value }) => ({ key, keyEnd, value })),
    })),
  );
  if (batch.length > 0) transaction(netfilter, batch);
}

function bySet(elements: SetElement[]): Map<string, SetElement[]> {
  return Map.groupBy(elements, ({ set }) => set);
}

/** What is gone already is fine: the kernel refuses the whole transaction for it, so then they go one by one. */
export function removeElements(netfilter: Connection, elements: SetElement[]): void {
  try {
    changeElements(netfilter, [{ verb: 'delete', elements }]);
  } catch (error) {
    if (!isGone(error)) throw error;
    if (elements.length > 1) for (const element of elements) removeElements(netfilter, [element]);
  }
}

const isGone = (error: unknown): boolean => error instanceof SystemError && error.code === 'ENOENT';
