import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSystemError } from '../connection.ts';
import { scripted } from '../scripted.ts';
import { NLMSG_ERROR } from '../wire/message.ts';
import { type Change, transaction } from './transaction.ts';

const NEW = 0x0a0c;
const DELETE = 0x0a0e;
const change = (verb: Change['verb'], ...ports: number[]): Change => ({
  ...{ verb, family: 'inet', table: 't', set: 's' },
  elements: ports.map((value) => ({ key: [{ type: 'port', value }] })),
});
const acknowledged = { type: NLMSG_ERROR, body: Buffer.alloc(20) };
function refused(errno: number, of: number) {
  const body = Buffer.alloc(20);
  body.writeInt32LE(-errno);
  return { type: NLMSG_ERROR, body, of };
}

test('a transaction is one datagram between a begin and an end, as nft sends it', () => {
  const { connection, done } = scripted([
    {
      request: (messages) => {
        assert.deepEqual(
          messages.map(({ type }) => type),
          [16, NEW, DELETE, 17],
        );
        //                                  nfgenmsg   table          set
        const names = '01000000' + '06000100' + '74000000' + '06000200' + '73000000';
        //             elements     element      key          value        port
        const list = '14000380' + '10000180' + '0c000180' + '06000100' + '00500000';
        assert.equal(messages[1]?.body.toString('hex'), names + list);
      },
    },
  ]);
  transaction(connection, [change('add', 80), change('delete', 81)]);
  done();
});

test('an interval of one field goes as its start and as the first key after it', () => {
  const { connection, done } = scripted([
    {
      request: ([, message]) => {
        const body = message?.body.toString('hex') ?? '';
        assert.match(body, /06000100005000/);
        // The end: key 90, flags INTERVAL_END.
        assert.match(body, /06000100005a00000800030000000001$/);
      },
    },
  ]);
  const interval = { key: [{ type: 'port', value: 80 }], keyEnd: [{ type: 'port', value: 89 }] } as const;
  transaction(connection, [{ ...change('add'), elements: [interval] }]);
  done();
});

test('what is gone already is left out of the deletion, the rest is asked for again', () => {
  const ENOENT = 2;
  const elementsOf = (hex: string) => hex.match(/0600010000..0000/g)?.length;
  const { connection, done } = scripted([
    { replies: [refused(ENOENT, 1), { ...acknowledged, of: 2 }] },
    {
      request: (messages) => {
        assert.deepEqual(
          messages.map(({ body }) => elementsOf(body.toString('hex'))),
          [undefined, 1, 1, 1, undefined],
        );
      },
      replies: [refused(ENOENT, 1), { ...acknowledged, of: 3 }],
    },
    { request: (messages) => assert.equal(messages.length, 4) },
  ]);
  transaction(connection, [change('delete', 80, 81), change('add', 82)]);
  done();
});

test('an addition that is refused says which element, and nothing is tried again', () => {
  const EEXIST = 17;
  const { connection, done } = scripted([{ replies: [refused(EEXIST, 1)] }]);
  assert.throws(
    () => transaction(connection, [change('create', 80)]),
    (error) => isSystemError(error, 'EEXIST') && error.message.startsWith('create element { 80 } of s'),
  );
  done();
});

test('nothing to do sends nothing', () => {
  const { connection } = scripted([]);
  transaction(connection, []);
  transaction(connection, [change('add')]);
});
