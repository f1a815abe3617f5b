import { SystemError } from '@pontoon/sys';
import { decode, encode } from '../attributes.ts';
import { type Connection, FLAGS } from '../connection.ts';
import { type Element, type KeyType, readKey } from './elements.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  ELEMENT_LIST,
  FAMILIES,
  MESSAGES,
  nfHeader,
  TABLE,
  type TableFamily,
} from './tables.ts';

/** Which fields a set's key, and a map's value, are made of. */
export interface SetShape {
  family: TableFamily;
  table: string;
  set: string;
  key: readonly KeyType[];
  value?: readonly KeyType[];
  interval?: boolean;
}

const INTERVAL_END = 1;
const NFTABLES = 10;
const ENOENT = 2;

/** `nft list set`: its elements; empty where table or set are gone. */
export function listElements(connection: Connection, shape: SetShape): Element[] {
  const body = Buffer.concat([
    nfHeader(FAMILIES[shape.family]),
    encode(ELEMENT_LIST, { table: shape.table, set: shape.set }),
  ]);
  try {
    const messages = connection.dump(`list the elements of ${shape.set}`, MESSAGES.getElement, body);
    return messages.flatMap((message) => readElements(shape, message.body));
  } catch (error) {
    if (error instanceof SystemError && error.errno === ENOENT) return [];
    throw error;
  }
}

/** `nft list tables` */
export function listTables(connection: Connection, family: TableFamily = 'unspec'): string[] {
  return connection
    .dump('list tables', MESSAGES.getTable, nfHeader(FAMILIES[family]))
    .map((message) => decode(TABLE, message.body.subarray(4)).name ?? '');
}

/** `nft delete table`; one that is gone is fine. */
export function deleteTable(connection: Connection, family: TableFamily, name: string): void {
  const bound = { flags: 0, body: nfHeader(0, NFTABLES) };
  const body = Buffer.concat([nfHeader(FAMILIES[family]), encode(TABLE, { name })]);
  const failed = connection.batch([
    { type: BATCH_BEGIN, ...bound },
    { type: MESSAGES.deleteTable, flags: FLAGS.ack, body },
    { type: BATCH_END, ...bound },
  ]);
  const error = failed.get(1);
  if (error && error.errno !== ENOENT) throw new SystemError(`delete table ${name}`, error.errno, error.text);
}

function readElements(shape: SetShape, body: Buffer): Element[] {
  const found = decode(ELEMENT_LIST, body.subarray(4)).elements ?? [];
  return found.flatMap((one) => {
    if (!one.key?.value || (one.flags ?? 0) & INTERVAL_END) return [];
    return [
      {
        key: readKey(shape.key, Buffer.from(one.key.value)),
        keyEnd: one.keyEnd?.value ? readKey(shape.key, Buffer.from(one.keyEnd.value)) : undefined,
        value: shape.value && one.data?.value ? readKey(shape.value, Buffer.from(one.data.value)) : undefined,
      },
    ];
  });
}
