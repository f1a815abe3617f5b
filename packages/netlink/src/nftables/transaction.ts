import { SystemError } from '@pontoon/sys';
import type { Connection, Request } from '../connection.ts';
import { attribute, nestedBytes, text } from '../wire/attributes.ts';
import { type Answer, HEADER_SIZE, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL } from '../wire/message.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  elementCodec,
  FAMILIES,
  NF_HEAD,
  NFT_MSG_DELSETELEM,
  NFT_MSG_NEWSETELEM,
  NFT_SET_ELEM_INTERVAL_END,
  nfHead,
  type TableFamily,
} from './fields.ts';
import { encodeKey, type KeyPart, keyAfter } from './key.ts';

/** An element of a set, or with a value of a map. */
export interface Element {
  key: readonly KeyPart[];
  /** The last key of an interval, itself included. */
  keyEnd?: readonly KeyPart[];
  value?: readonly KeyPart[];
  timeout_ms?: number;
}

export interface Change {
  /** `create` fails where the element is there (EEXIST); `delete` does not where it is gone. */
  verb: 'add' | 'create' | 'delete';
  family: TableFamily;
  table: string;
  set: string;
  elements: readonly Element[];
}

/** The length of an attribute has 16 bits, and the list of elements is one: longer lists go as several messages. */
const LIST_BYTES = 60_000;
const ENOENT = 2;

/**
 * `nft add element …; delete element …` as one step: all of it, or nothing.
 * @throws {SystemError} naming the element that was refused: EEXIST (`create`), EBUSY (a map's key with another value),
 *   ENOENT (no such table or set)
 */
export function transaction(connection: Connection, changes: readonly Change[]): void {
  let pieces = changes.flatMap(cut);
  while (pieces.length > 0) {
    const refused = send(connection, pieces);
    if (refused.size === 0) return;
    for (const [index, answer] of refused) {
      const piece = pieces[index];
      if (piece?.change.verb !== 'delete' || answer.errno !== ENOENT) throw refusal(piece, answer);
    }
    // Only what is gone already stood in the way.
    pieces = pieces.flatMap((piece, index) => (refused.has(index) ? singly(piece) : [piece]));
  }
}

/** One message: elements of one set. */
interface Piece {
  change: Change;
  elements: readonly Element[];
  list: Uint8Array[];
}

function send(connection: Connection, pieces: Piece[]): Map<number, Answer> {
  const requests = pieces.map(request);
  const last = requests.at(-1);
  if (last) last.flags |= NLM_F_ACK;
  const refused = connection.batch([BATCH_BEGIN, ...requests, BATCH_END]);
  return new Map([...refused].map(([index, answer]) => [index - 1, answer]));
}

function request({ change, list }: Piece): Request {
  const flags = { add: NLM_F_CREATE, create: NLM_F_CREATE | NLM_F_EXCL, delete: 0 }[change.verb];
  const type = change.verb === 'delete' ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM;
  const elements = attribute(3, nestedBytes, Buffer.concat(list));
  return { type, flags, body: Buffer.concat([...names(change), ...elements]) };
}

/** What stands before the list. */
function names({ family, table, set }: Change): Uint8Array[] {
  return [nfHead(FAMILIES[family]), ...attribute(1, text, table), ...attribute(2, text, set)];
}

function cut(change: Change): Piece[] {
  const pieces: (Piece & { elements: Element[] })[] = [];
  let room = 0;
  for (const element of change.elements) {
    const encoded = encodeElement(element);
    if (encoded.length > room) {
      pieces.push({ change, elements: [], list: [] });
      room = LIST_BYTES;
    }
    room -= encoded.length;
    pieces.at(-1)?.elements.push(element);
    pieces.at(-1)?.list.push(encoded);
  }
  return pieces;
}

/** Of several elements the kernel stops at the first that is gone: ask for each by itself. */
function singly({ change, elements }: Piece): Piece[] {
  if (elements.length === 1) return [];
  return elements.flatMap((element) => cut({ ...change, elements: [element] }));
}

/**
 * An interval of one field is two elements, its start and the first key after it (nft_set_rbtree.c); of a concatenation
 * it is one element with KEY_END (nft_set_pipapo.c, since Linux 5.6).
 */
function encodeElement({ key, keyEnd, value, timeout_ms }: Element): Buffer {
  const start = encodeKey(key);
  const data = value && { value: encodeKey(value) };
  const timeout = timeout_ms === undefined ? undefined : BigInt(timeout_ms);
  if (!keyEnd || key.length > 1) {
    return one({ key: { value: start }, keyEnd: keyEnd && { value: encodeKey(keyEnd) }, data, timeout });
  }
  const end = keyAfter(encodeKey(keyEnd));
  const first = one({ key: { value: start }, data, timeout });
  if (!end) return first;
  return Buffer.concat([first, one({ key: { value: end }, flags: NFT_SET_ELEM_INTERVAL_END })]);
}

function one(fields: Parameters<typeof elementCodec.encode>[0]): Buffer {
  return Buffer.concat(attribute(1, elementCodec, fields));
}

function refusal(piece: Piece | undefined, answer: Answer): SystemError {
  if (!piece) return new SystemError('nftables transaction', answer.errno, answer.text);
  const { verb, set } = piece.change;
  const element = culprit(piece, answer);
  const subject = element ? `element { ${describe(element)} } of ${set}` : `elements of ${set}`;
  return new SystemError(`${verb} ${subject}`, answer.errno, answer.text);
}

/** The kernel says where in the message the attribute starts that it refused. */
function culprit({ change, elements, list }: Piece, { offset }: Answer): Element | undefined {
  if (elements.length === 1) return elements[0];
  if (offset === undefined) return undefined;
  let end = HEADER_SIZE + names(change).reduce((sum, part) => sum + part.length, 0) + NF_HEAD;
  return elements.find((_, index) => {
    end += list[index]?.length ?? 0;
    return offset < end;
  });
}

function describe({ key, keyEnd }: Element): string {
  const words = (parts: readonly KeyPart[]) =>
    parts
      .map(({ value }) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))
      .join(' . ');
  return keyEnd ? `${words(key)} to ${words(keyEnd)}` : words(key);
}
