import { SystemError } from '@pontoon/sys';
import { encode, type Values } from '../attributes.ts';
import { type Connection, FLAGS } from '../connection.ts';
import { type Element, keyBytes } from './elements.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  type ELEMENT,
  ELEMENT_LIST,
  FAMILIES,
  MESSAGES,
  nfHeader,
  type TableFamily,
} from './tables.ts';

export interface Change {
  /** `create` fails where the element is there already, `add` does not. */
  verb: 'add' | 'create' | 'delete';
  family: TableFamily;
  table: string;
  set: string;
  elements: Element[];
  /** The set is `flags interval` with one field: an element is then stored as its start and its end. */
  interval?: boolean;
}

/** NFT_SET_ELEM_INTERVAL_END */
const INTERVAL_END = 1;
const NFTABLES = 10;

/** An attribute's length has 16 bits, so a list of elements goes in pieces. */
const ELEMENTS_A_MESSAGE = 400;

/** Deleting what is gone succeeds: `delete` entries that fail with this are left out and the rest is sent again. */
const ENOENT = 2;

/**
 * `nft add element …; nft delete element …`: all or nothing, in one batch.
 * @throws {SystemError} EEXIST for `create`; naming the set and the element that the kernel refused
 */
export function transaction(connection: Connection, changes: Change[]): void {
  let entries = changes.flatMap(entriesOf);
  for (;;) {
    const failed = send(connection, entries);
    if (failed.size === 0) return;
    const gone = entries.filter(
      (entry, index) => entry.verb === 'delete' && failed.get(index)?.errno === ENOENT,
    );
    const [index, error] = [...failed].find(([at]) => !gone.includes(entries[at]!)) ?? [];
    if (index !== undefined && error) {
      throw new SystemError(`${entries[index]?.verb} ${entries[index]?.what}`, error.errno, error.text);
    }
    // Only what is gone already stood in the way. A message of several elements does not say which: ask one by one.
    entries = entries.flatMap((entry) => (gone.includes(entry) ? split(entry) : [entry]));
    if (entries.length === 0) return;
  }
}

interface Entry {
  verb: Change['verb'];
  what: string;
  change: Change;
  type: number;
  flags: number;
  body: Buffer;
}

function split(entry: Entry): Entry[] {
  const { change } = entry;
  if (change.elements.length <= 1) return [];
  return change.elements.flatMap((element) => entriesOf({ ...change, elements: [element] }));
}

function entriesOf(change: Change): Entry[] {
  const pieces: Entry[] = [];
  for (let at = 0; at < change.elements.length; at += ELEMENTS_A_MESSAGE) {
    const elements = change.elements.slice(at, at + ELEMENTS_A_MESSAGE);
    const first = elements[0]?.key.map((part) => part.value).join(' . ');
    pieces.push({
      verb: change.verb,
      what: `element { ${first}${elements.length > 1 ? ', …' : ''} } of ${change.set}`,
      change: { ...change, elements },
      type: change.verb === 'delete' ? MESSAGES.deleteElement : MESSAGES.newElement,
      flags:
        FLAGS.ack |
        (change.verb === 'delete' ? 0 : FLAGS.create) |
        (change.verb === 'create' ? FLAGS.exclusive : 0),
      body: Buffer.concat([
        nfHeader(FAMILIES[change.family]),
        encode(ELEMENT_LIST, {
          table: change.table,
          set: change.set,
          elements: elements.flatMap((element) => encodeElement(element, change.interval ?? false)),
        }),
      ]),
    });
  }
  return pieces;
}

function encodeElement(element: Element, interval: boolean): Values<typeof ELEMENT>[] {
  const key = keyBytes(element.key);
  const data = element.value ? { value: keyBytes(element.value) } : undefined;
  if (!interval) {
    return [
      { key: { value: key }, keyEnd: element.keyEnd ? { value: keyBytes(element.keyEnd) } : undefined, data },
    ];
  }
  const end = after(element.keyEnd ? keyBytes(element.keyEnd) : key);
  const start = { key: { value: key }, data };
  return end ? [start, { key: { value: end }, flags: INTERVAL_END }] : [start];
}

/** The key that follows; undefined after the last one, where an interval has no end element. */
function after(key: Buffer): Buffer | undefined {
  const next = Buffer.from(key);
  for (let at = next.length - 1; at >= 0; at--) {
    const byte = next[at] ?? 0;
    next[at] = (byte + 1) & 0xff;
    if (byte !== 0xff) return next;
  }
  return undefined;
}

function send(connection: Connection, entries: Entry[]): Map<number, { errno: number; text?: string }> {
  if (entries.length === 0) return new Map();
  const bound = { flags: 0, body: nfHeader(0, NFTABLES) };
  const batch = [{ type: BATCH_BEGIN, ...bound }, ...entries, { type: BATCH_END, ...bound }];
  const failed = connection.batch(batch);
  return new Map([...failed].map(([index, error]) => [index - 1, error]));
}
