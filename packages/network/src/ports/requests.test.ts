import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PortRequest } from '../intent.ts';
import { wishesOf } from './requests.ts';

const tcp = (containerPort: number, more: Partial<PortRequest> = {}): PortRequest => ({
  ...{ protocol: 'tcp', containerPort, ...more },
});
const wishes = (...requests: PortRequest[]) =>
  wishesOf(requests, ['0.0.0.0']).map(({ hostPort, hostPortEnd, containerPort, count }) => [
    ...[hostPort, hostPortEnd, containerPort, count],
  ]);

test('a range that a client sends port by port is taken together again', () => {
  const requests = Array.from({ length: 1000 }, (_, offset) =>
    tcp(20_000 + offset, { hostPort: 20_000 + offset }),
  );
  assert.deepEqual(wishes(...requests.toReversed()), [[20_000, 20_000, 20_000, 1000]]);
});

test('ports with other numbers inside, with a gap, or of another protocol stay single', () => {
  assert.equal(wishes(tcp(80, { hostPort: 8080 }), tcp(81, { hostPort: 8081 })).length, 2);
  assert.equal(wishes(tcp(80, { hostPort: 80 }), tcp(82, { hostPort: 82 })).length, 2);
  assert.equal(
    wishes(tcp(80, { hostPort: 80 }), { ...tcp(81, { hostPort: 81 }), protocol: 'udp' }).length,
    2,
  );
});

test('one port inside and a range outside means any free one of it', () => {
  assert.deepEqual(wishes(tcp(80, { hostPort: 8000, hostPortEnd: 8010 })), [[8000, 8010, 80, 1]]);
});

test('a range inside without a host port becomes random ports, one each', () => {
  assert.deepEqual(wishes(tcp(80, { containerPortEnd: 82 })), [
    ...[80, 81, 82].map((port) => [0, 0, port, 1]),
  ]);
});

test('ranges of different width, and ports that do not exist, are refused', () => {
  const words = 'Invalid ranges specified for container and host Ports';
  const uneven = tcp(80, { containerPortEnd: 82, hostPort: 8080, hostPortEnd: 8081 });
  assert.throws(() => wishes(uneven), { kind: 'invalid', message: words });
  for (const request of [tcp(0), tcp(65_536), tcp(80, { hostPort: 70_000 }), tcp(80, { hostPort: -1 })])
    assert.throws(() => wishes(request), /invalid port specification/);
});

test('a host address holds for its port alone', () => {
  const [wish] = wishesOf([tcp(80, { hostAddress: '127.0.0.1' })], ['0.0.0.0', '::']);
  assert.deepEqual(wish!.hostAddresses, ['127.0.0.1']);
  assert.deepEqual(wishesOf([tcp(80)], ['0.0.0.0', '::'])[0]!.hostAddresses, ['0.0.0.0', '::']);
});
