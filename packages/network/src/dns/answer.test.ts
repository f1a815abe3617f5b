import assert from 'node:assert/strict';
import { test } from 'node:test';
import dns, { type Packet } from 'dns-packet';
import { answer, answersOf, encodeForDatagram } from './answer.ts';
import { addressOfPointer, pointerOf, type View } from './names.ts';

const view: View = {
  addressesOf: (name) => ({ larch: ['172.18.0.2', '2001:db8::2'], wood: ['172.18.0.3', '172.18.0.4'] })[name],
  nameOf: (address) => (address === '172.18.0.2' ? 'larch.grove' : undefined),
  ...{ version: () => 0, servers: () => [], forwards: () => true, inside: false },
};
const ask = (name: string, type: string): Packet => ({
  ...{ type: 'query', id: 7, flags: dns.RECURSION_DESIRED, opcode: 'QUERY' },
  questions: [{ name, type }],
});
function packet(query: Packet, over: Partial<View> = {}, turn = 0): Packet {
  const reply = answer(query, { ...view, ...over }, turn);
  assert.equal(reply.kind, 'answer');
  return reply.kind === 'answer' ? dns.decode(dns.encode(reply.packet)) : {};
}
const data = ({ answers = [] }: Packet) => answers.map((one) => one.data);

test('an answer keeps the id and the question, and says that recursion is there', () => {
  const got = packet(ask('larch', 'A'));
  assert.equal(got.id, 7);
  assert.deepEqual(got.questions?.[0]?.name, 'larch');
  assert.equal((got.flags ?? 0) & dns.RECURSION_AVAILABLE, dns.RECURSION_AVAILABLE);
  assert.deepEqual([got.answers?.[0]?.ttl, data(got)], [600, ['172.18.0.2']]);
});

test('a known name without the asked type has an empty answer, not an error', () => {
  const got = packet(ask('wood', 'AAAA'));
  assert.deepEqual([got.rcode, data(got)], ['NOERROR', []]);
  assert.deepEqual(data(packet(ask('larch', 'MX'))), []);
});

test('shared names take turns', () => {
  assert.deepEqual(data(packet(ask('wood', 'A'), {}, 0)), ['172.18.0.3', '172.18.0.4']);
  assert.deepEqual(data(packet(ask('wood', 'A'), {}, 1)), ['172.18.0.4', '172.18.0.3']);
});

test('what is unknown is passed on, or does not exist where nothing may be', () => {
  assert.deepEqual(answer(ask('oak', 'A'), view, 0), { kind: 'forward' });
  assert.deepEqual(answer(ask('9.0.18.172.in-addr.arpa', 'PTR'), view, 0), { kind: 'forward' });
  assert.equal(packet(ask('oak', 'A'), { forwards: () => false }).rcode, 'NXDOMAIN');
});

test('a query without a question or of another kind is refused by its code', () => {
  assert.equal(packet({ type: 'query', id: 1, opcode: 'QUERY' }).rcode, 'FORMERR');
  assert.equal(packet({ ...ask('larch', 'A'), opcode: 'UPDATE' }).rcode, 'NOTIMP');
});

test('a service leads to the port in its name, with the addresses beside it', () => {
  const got = packet(ask('_8080._tcp.larch', 'SRV'));
  assert.deepEqual(data(got), [{ priority: 0, weight: 0, port: 8080, target: 'larch' }]);
  assert.equal(got.additionals?.length, 2);
});

test('what does not fit a datagram is marked as cut; EDNS makes room', () => {
  const many = Array.from({ length: 60 }, (_, index) => `172.18.0.${index}`);
  const query = ask('larch', 'A');
  const whole = packet(query, { addressesOf: () => many });
  const cut = dns.decode(encodeForDatagram(whole, query));
  assert.equal((cut.flags ?? 0) & dns.TRUNCATED_RESPONSE, dns.TRUNCATED_RESPONSE);
  assert.deepEqual(cut.answers, []);
  const roomy = { ...query, additionals: [{ name: '.', type: 'OPT', udpPayloadSize: 4096 }] };
  assert.equal(dns.decode(encodeForDatagram(whole, roomy)).answers?.length, 60);
});

test('a server of one zone refuses what is outside of it, and knows what is not in it', () => {
  const zone = { forwards: () => false, zone: 'pontoon' };
  assert.equal(packet(ask('oak.PONTOON', 'A'), zone).rcode, 'NXDOMAIN');
  for (const name of ['www.example.org', 'oakpontoon', 'pontoon.org'])
    assert.equal(packet(ask(name, 'A'), zone).rcode, 'REFUSED', name);
});

test('a name is asked for without a packet too', () => {
  assert.deepEqual(answersOf(view, 'larch', 'AAAA'), [{ ttl: 600, data: '2001:db8::2' }]);
  assert.deepEqual(answersOf(view, '172.18.0.2', 'PTR'), [{ ttl: 600, data: 'larch.grove' }]);
  assert.deepEqual(answersOf(view, '_80._tcp.larch', 'SRV'), [{ ttl: 600, data: '0 0 80 larch.' }]);
  assert.deepEqual(answersOf(view, 'oak', 'A'), []);
});

test('an address and its pointer lead to each other', () => {
  for (const address of ['172.18.0.2', '2001:db8::2', 'fd00::'])
    assert.equal(addressOfPointer(pointerOf(address)), address);
});

test('pointer names lead back to addresses of both families', () => {
  assert.equal(addressOfPointer('2.0.18.172.IN-ADDR.arpa'), '172.18.0.2');
  const nibbles = '2001:0db8:0000:0000:0000:0000:0000:0002'.replaceAll(':', '');
  assert.equal(addressOfPointer(`${[...nibbles].reverse().join('.')}.ip6.arpa`), '2001:db8::2');
  for (const name of ['arpa', 'in-addr.arpa', '1.2.in-addr.arpa', 'x.ip6.arpa', 'larch'])
    assert.equal(addressOfPointer(name), undefined, name);
});
