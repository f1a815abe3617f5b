import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, ip, list, mac, nested, table, text, u8, u16be, u32, u32be, u64be } from './attributes.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('an attribute is its length, its type, its value and padding to four bytes', () => {
  const fields = table({ small: [1, u8], name: [3, text] });
  //                                            len  type value pad
  assert.equal(hex(fields.encode({ small: 7 })), '0500' + '0100' + '07' + '000000');
  assert.equal(hex(fields.encode({ name: 'lo' })), '0700' + '0300' + '6c6f00' + '00');
});

test('what is undefined or a false flag is not sent', () => {
  const fields = table({ a: [1, u32], on: [2, flag] });
  assert.equal(hex(fields.encode({ a: undefined, on: false })), '');
  assert.equal(hex(fields.encode({ on: true })), '04000200');
});

test('attributes in attributes carry the nested bit and are read with or without it', () => {
  const fields = table({ outer: [18, nested({ kind: [1, text] })] });
  const encoded = fields.encode({ outer: { kind: 'veth' } });
  assert.equal(hex(encoded), '1000' + '1280' + '0900' + '0100' + '7665746800' + '000000');
  const plain = Buffer.from(encoded);
  plain[3] = 0;
  assert.deepEqual(fields.decode(Buffer.from(encoded)), { outer: { kind: 'veth' } });
  assert.deepEqual(fields.decode(plain), { outer: { kind: 'veth' } });
});

test('every codec reads back what it wrote', () => {
  const fields = table({
    ...{
      a: [1, u16be],
      b: [2, u32be],
      c: [3, u64be],
      d: [4, ip],
      e: [5, ip],
      f: [6, mac],
      g: [7, list(1, u8)],
    },
  } as const);
  const values = {
    ...{ a: 53, b: 0xdeadbeef, c: 2n ** 40n, d: '198.51.100.7', e: '2001:db8::7', f: '02:42:ac:11:00:02' },
    g: [1, 2, 3],
  };
  assert.deepEqual(fields.decode(Buffer.from(fields.encode(values))), values);
});

test('attributes that nobody knows and a cut-off end are passed over', () => {
  const fields = table({ a: [1, u8] });
  const known = Buffer.from('0500010007000000', 'hex');
  const unknown = Buffer.from('06006300aaaa0000', 'hex');
  assert.deepEqual(fields.decode(Buffer.concat([unknown, known])), { a: 7 });
  assert.deepEqual(fields.decode(Buffer.concat([known, Buffer.from('ff00', 'hex')])), { a: 7 });
  assert.deepEqual(fields.decode(Buffer.concat([known, Buffer.from('ff0001000000', 'hex')])), { a: 7 });
  assert.deepEqual(fields.decode(Buffer.from('00000100', 'hex')), {});
});

test('a value that is longer than an attribute can be is refused, not cut', () => {
  const fields = table({ name: [1, text] });
  assert.throws(() => fields.encode({ name: 'x'.repeat(70_000) }), RangeError);
});
