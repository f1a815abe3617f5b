import { SystemError } from '@pontoon/sys';
import type { Connection } from '../connection.ts';
import { NLM_F_ACK } from '../wire/message.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  elementListFields,
  FAMILIES,
  NF_HEAD,
  NFT_MSG_DELTABLE,
  NFT_MSG_GETRULE,
  NFT_MSG_GETSETELEM,
  NFT_MSG_GETTABLE,
  NFT_SET_ELEM_INTERVAL_END,
  nfHead,
  ruleFields,
  type TableFamily,
  tableFields,
} from './fields.ts';
import { keyBefore } from './key.ts';

const ENOENT = 2;

/** An element as bytes, to be compared with those of `encodeKey` or read by `decodeKey`. */
export interface RawElement {
  key: Buffer;
  /** The last key of an interval, itself included. */
  keyEnd?: Buffer;
  value?: Buffer;
}

/**
 * `nft list set`: in no particular order.
 * @throws {SystemError} ENOENT where there is no such table or set
 */
export function listElements(
  connection: Connection,
  o: { family: TableFamily; table: string; set: string },
): RawElement[] {
  const request = elementListFields.encode({ table: o.table, set: o.set });
  const body = Buffer.concat([nfHead(FAMILIES[o.family]), request]);
  const messages = connection.dump(`list elements of ${o.set}`, NFT_MSG_GETSETELEM, body);
  const stored = messages.flatMap((message) => {
    const { elements = [] } = elementListFields.decode(message.body.subarray(NF_HEAD));
    return elements.flatMap(({ key, keyEnd, data, flags = 0 }) =>
      key?.value
        ? [
            {
              key: Buffer.from(key.value),
              keyEnd: keyEnd?.value,
              value: data?.value,
              ends: (flags & NFT_SET_ELEM_INTERVAL_END) !== 0,
            },
          ]
        : [],
    );
  });
  return stored.some(({ ends }) => ends) ? joinIntervals(stored) : stored.map(plain);
}

type Stored = { key: Buffer; keyEnd?: Uint8Array; value?: Uint8Array; ends: boolean };

function plain({ key, keyEnd, value }: Stored): RawElement {
  return {
    key,
    ...(keyEnd ? { keyEnd: Buffer.from(keyEnd) } : {}),
    ...(value ? { value: Buffer.from(value) } : {}),
  };
}

/** Starts and ends of intervals of one field, put together: see encodeElement in transaction.ts. */
function joinIntervals(stored: Stored[]): RawElement[] {
  const sorted = stored.toSorted((a, b) => a.key.compare(b.key) || Number(b.ends) - Number(a.ends));
  return sorted.flatMap((element, index) => {
    if (element.ends) return [];
    const next = sorted[index + 1];
    const keyEnd = next ? keyBefore(next.key) : Buffer.alloc(element.key.length, 0xff);
    return [plain({ ...element, keyEnd })];
  });
}

/** The chains of a table, each as often as it has rules: `nft list table`, in short. Empty where the table is gone. */
export function listRuleChains(connection: Connection, family: TableFamily, name: string): string[] {
  const body = Buffer.concat([nfHead(FAMILIES[family]), ruleFields.encode({ table: name })]);
  return connection
    .dump(`list the rules of ${name}`, NFT_MSG_GETRULE, body)
    .map((message) => ruleFields.decode(message.body.subarray(NF_HEAD)))
    .flatMap(({ table, chain }) => (table === name && chain ? [chain] : []));
}

/** `nft list tables`. */
export function listTables(connection: Connection): { family: TableFamily; name: string }[] {
  const families = new Map(Object.entries(FAMILIES).map(([name, number]) => [number as number, name]));
  return connection.dump('list tables', NFT_MSG_GETTABLE, nfHead(0)).map(({ body }) => ({
    family: families.get(body.readUInt8(0)) as TableFamily,
    name: tableFields.decode(body.subarray(NF_HEAD)).name ?? '',
  }));
}

/** `nft delete table`. @returns false where it was gone */
export function deleteTable(connection: Connection, family: TableFamily, name: string): boolean {
  const body = Buffer.concat([nfHead(FAMILIES[family]), tableFields.encode({ name })]);
  const request = { type: NFT_MSG_DELTABLE, flags: NLM_F_ACK, body };
  const [answer] = connection.batch([BATCH_BEGIN, request, BATCH_END]).values();
  if (!answer) return true;
  if (answer.errno === ENOENT) return false;
  throw new SystemError(`delete table ${name}`, answer.errno, answer.text);
}
