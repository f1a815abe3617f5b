import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishedPort } from '@pontoon/network';
import { bindingsNow } from './bindings.ts';
import { planPorts } from './plan-ports.ts';

const port = (hostPort: number, containerPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  ...{ protocol: 'tcp', hostAddress: '0.0.0.0', hostPort, containerPort, count: 1, ...more },
});
const range = port(9000, 9000, { count: 3 });
const at = (HostPort: string, HostIp = '', Allow?: string[]) => [
  { HostIp, HostPort, ...(Allow ? { Allow } : {}) },
];
const numbers = (ports: { hostPort?: number }[]) => ports.map(({ hostPort }) => hostPort);

test('one port of a range goes, and the rest of the range stays', () => {
  const plan = planPorts([range], { Remove: { '9001/tcp': at('9001') } });
  assert.deepEqual([...plan.gone], ['tcp 0.0.0.0 9001 9001']);
  assert.deepEqual(numbers(plan.released), [9001]);
});

test('a range that is named as one goes whole', () => {
  const plan = planPorts([range], { Remove: { '9000-9002/tcp': at('9000-9002') } });
  assert.deepEqual(numbers(plan.released), [9000, 9001, 9002]);
});

test('a move over a part of itself keeps what is in both, and chooses the rest', () => {
  const before = [0, 1, 2].map((by) => port(9000 + by, 80 + by));
  const plan = planPorts(before, {
    Remove: { '80-82/tcp': at('9000-9002') },
    Add: { '80-82/tcp': at('9001-9003') },
  });
  assert.deepEqual(
    plan.kept.map(({ hostPort, containerPort }) => [hostPort, containerPort]),
    [
      [9001, 80],
      [9002, 81],
    ],
  );
  assert.deepEqual(numbers(plan.released), [9000]);
  assert.deepEqual(numbers(plan.requests), [9003]);
});

test('a port that is published already gets another allow-list, not another container port', () => {
  const again = planPorts([port(8080, 80)], { Add: { '80/tcp': at('8080', '', ['198.51.100.0/24']) } });
  assert.deepEqual(again.kept, [port(8080, 80, { allow: ['198.51.100.0/24'] })]);
  assert.deepEqual(again.requests, []);
  const other = planPorts([port(8080, 80)], { Add: { '81/tcp': at('8080') } });
  assert.deepEqual([other.kept, numbers(other.requests)], [[], [8080]]);
});

test('with another container as the source its ports are taken over in every family', () => {
  const six = port(8080, 80, { hostAddress: '::' });
  const plan = planPorts([port(8080, 80), six], { Add: { '8000/tcp': at('8080') } }, 'ash');
  assert.deepEqual(
    plan.kept.map(({ hostAddress, containerPort }) => [hostAddress, containerPort]),
    [
      ['0.0.0.0', 8000],
      ['::', 8000],
    ],
  );
  assert.equal(plan.gone.size, 2);
});

test('what is not published is not found', () => {
  const strangers: Record<string, ReturnType<typeof at>>[] = [
    { '81/tcp': at('8080') },
    { '80/udp': at('8080') },
    { '80/tcp': at('8080', '127.0.0.1') },
  ];
  for (const Remove of strangers)
    assert.throws(() => planPorts([port(8080, 80)], { Remove }), { kind: 'not-found' });
  assert.throws(() => planPorts([port(8080, 80)], { Add: { '80/tcp': at('8081') } }, 'ash'), {
    ...{ kind: 'not-found', message: 'container ash does not publish 80/tcp there' },
  });
});

test('bindings that a change is not about stay as the user wrote them', () => {
  const wanted = { '80/tcp': at(''), '53/udp': at('5300-5310', '127.0.0.1') };
  const udp = port(5301, 53, { protocol: 'udp', hostAddress: '127.0.0.1' });
  const now = bindingsNow(wanted, [port(32768, 80), udp], [port(32768, 80), port(8443, 443), udp]);
  assert.deepEqual(now, { ...wanted, '443/tcp': at('8443', '0.0.0.0') });
  assert.deepEqual(bindingsNow(wanted, [port(32768, 80), udp], [udp]), { '53/udp': wanted['53/udp'] });
});
