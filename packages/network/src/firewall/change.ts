import {
  type Change,
  type Connection,
  decodeKey,
  type KeyType,
  listElements,
  transaction,
} from '@pontoon/netlink';
import { SETS, type SetElement, type SetName } from './elements.ts';
import { TABLE } from './table.ts';

type Verb = 'add' | 'delete';

/** Elements come and go in one transaction: all of them or none. Deleting what is gone succeeds. */
export function changeElements(
  netfilter: Connection,
  changes: { verb: Verb; elements: SetElement[] }[],
): void {
  const batch = changes.flatMap(({ verb, elements }) =>
    [...Map.groupBy(elements, ({ set }) => set)].map(
      ([set, members]): Change => ({
        ...{ verb, family: 'inet', table: TABLE, set },
        elements: members.map(({ key, keyEnd, value }) => ({ key, keyEnd, value })),
      }),
    ),
  );
  if (batch.length > 0) transaction(netfilter, batch);
}

/** What a set holds now. */
export function presentElements(netfilter: Connection, set: SetName): SetElement[] {
  const shape: { key: readonly KeyType[]; value?: readonly KeyType[] } = SETS[set];
  return listElements(netfilter, { family: 'inet', table: TABLE, set }).map(({ key, keyEnd, value }) => ({
    ...{ set, key: decodeKey(shape.key, key) },
    ...(keyEnd ? { keyEnd: decodeKey(shape.key, keyEnd) } : {}),
    ...(value && shape.value ? { value: decodeKey(shape.value, value) } : {}),
  }));
}
