import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSystemError } from './connection.ts';
import { scripted } from './scripted.ts';
import { NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR } from './wire/message.ts';

const EEXIST = 17;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const done = { type: NLMSG_DONE, body: Buffer.alloc(4) };

/** struct nlmsgerr, capped, with the text and the offset of an extended ACK. */
function refusal(errno: number, text: string, offset?: number) {
  const head = Buffer.alloc(20);
  head.writeInt32LE(-errno);
  const attribute = (type: number, value: Buffer) => {
    const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
    bytes.writeUInt16LE(4 + value.length, 0);
    bytes.writeUInt16LE(type, 2);
    value.copy(bytes, 4);
    return bytes;
  };
  const where = Buffer.alloc(4);
  where.writeUInt32LE(offset ?? 0);
  const body = Buffer.concat([
    head,
    attribute(1, Buffer.from(`${text}\0`)),
    ...(offset === undefined ? [] : [attribute(2, where)]),
  ]);
  return { type: NLMSG_ERROR, flags: NLM_F_CAPPED | NLM_F_ACK_TLVS, body };
}

test('a request asks for an acknowledgement and returns what came before it', () => {
  const { connection, done: end } = scripted([
    {
      request: ([message]) => assert.deepEqual([message?.type, message?.flags], [16, 0x5 | 0x400]),
      replies: [
        { type: 16, body: Buffer.from('echo') },
        { type: NLMSG_ERROR, body: Buffer.alloc(20) },
      ],
    },
  ]);
  const answers = connection.request('RTM_NEWLINK x', 16, 0x400, Buffer.alloc(16));
  assert.deepEqual(
    answers.map(({ body }) => body.toString()),
    ['echo'],
  );
  end();
});

test("a refusal carries the kernel's code and words, and what was asked", () => {
  const { connection } = scripted([{ replies: [refusal(EEXIST, 'Name not unique')] }]);
  assert.throws(
    () => connection.request('RTM_NEWLINK x', 16, 0, Buffer.alloc(16)),
    (error) => isSystemError(error, 'EEXIST') && /^RTM_NEWLINK x: .*: Name not unique$/.test(error.message),
  );
});

test('a dump that changed meanwhile is read again, and only the whole one counts', () => {
  const part = (text: string, flags = 0) => ({ type: 16, flags, body: Buffer.from(text) });
  const { connection, done: end } = scripted([
    { replies: [part('old!'), part('torn', NLM_F_DUMP_INTR), done] },
    { replies: [part('new!'), done] },
  ]);
  const messages = connection.dump('RTM_GETLINK', 18, Buffer.alloc(16));
  assert.deepEqual(
    messages.map(({ body }) => body.toString()),
    ['new!'],
  );
  end();
});

test('a dump that never holds still is an error, not a loop', () => {
  const torn = { replies: [{ ...done, flags: NLM_F_DUMP_INTR }] };
  const { connection } = scripted(Array.from({ length: 10 }, () => torn));
  assert.throws(
    () => connection.dump('RTM_GETLINK', 18, Buffer.alloc(16)),
    (error) => isSystemError(error, 'EAGAIN'),
  );
});

test('answers to an earlier request are passed over', () => {
  const { connection } = scripted([
    { replies: [{ type: NLMSG_ERROR, body: Buffer.alloc(20) }, refusal(EEXIST, 'late')] },
    {},
  ]);
  assert.deepEqual(connection.request('first', 16, 0, Buffer.alloc(16)), []);
  assert.deepEqual(connection.request('second', 16, 0, Buffer.alloc(16)), []);
});

test('a batch returns the refused requests, by index, with where in them the fault lies', () => {
  const { connection } = scripted([
    {
      request: (messages) => assert.equal(messages.length, 3),
      replies: [
        { ...refusal(EEXIST, 'there', 84), of: 1 },
        { type: NLMSG_ERROR, body: Buffer.alloc(20), of: 2 },
      ],
    },
  ]);
  const one = { type: 5, flags: 0, body: Buffer.alloc(4) };
  const refused = connection.batch([one, one, { ...one, flags: 4 }]);
  assert.deepEqual([...refused], [[1, { errno: EEXIST, text: 'there', offset: 84 }]]);
});
