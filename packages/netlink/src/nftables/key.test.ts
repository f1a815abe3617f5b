import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKey, encodeKey, type KeyPart, keyAfter, keyBefore } from './key.ts';

const hex = (parts: KeyPart[]) => encodeKey(parts).toString('hex');
const tcp: KeyPart = { type: 'protocol', value: 'tcp' };
const port: KeyPart = { type: 'port', value: 8080 };

test('a single field has its own size, network order for what is on the wire', () => {
  assert.equal(hex([port]), '1f90');
  assert.equal(hex([{ type: 'ipv4', value: '172.17.0.2' }]), 'ac110002');
  assert.equal(hex([{ type: 'interface', value: 'br0' }]), '627230'.padEnd(32, '0'));
  assert.equal(hex([{ type: 'nfproto', value: 2 }]), '02');
  assert.equal(hex([{ type: 'mark', value: 0x1234 }]), '34120000');
});

test('fields of a joined key start at multiples of four bytes', () => {
  //                         tcp, padded   8080, padded
  assert.equal(hex([tcp, port]), '06000000' + '1f900000');
  assert.equal(hex([{ type: 'ipv4', value: '172.17.0.2' }, tcp, port]), 'ac110002' + '06000000' + '1f900000');
});

test('a key reads back as it was written', () => {
  const parts: KeyPart[] = [
    { type: 'interface', value: 'br-0123456789ab' },
    { type: 'ipv6', value: '2001:db8::1' },
    { type: 'ether', value: '02:42:ac:11:00:02' },
    { type: 'nfproto', value: 10 },
    ...[tcp, port],
  ];
  assert.deepEqual(
    decodeKey(['interface', 'ipv6', 'ether', 'nfproto', 'protocol', 'port'], encodeKey(parts)),
    parts,
  );
});

test('a field of the wrong size is refused, since it would shift what follows', () => {
  assert.throws(() => encodeKey([{ type: 'ipv4', value: '2001:db8::1' }, port]), RangeError);
  assert.throws(() => encodeKey([{ type: 'interface', value: 'a-name-of-17-byte' }]), RangeError);
});

test('the key after and before another carries over bytes; after the last there is none', () => {
  assert.equal(keyAfter(Buffer.from('00ff', 'hex'))?.toString('hex'), '0100');
  assert.equal(keyBefore(Buffer.from('0100', 'hex')).toString('hex'), '00ff');
  assert.equal(keyAfter(Buffer.from('ffff', 'hex')), undefined);
});
