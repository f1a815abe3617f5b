import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefix } from '../address.ts';
import { DEFAULT_POOLS } from './pools.ts';
import { chooseSubnets, type SubnetRequest, type Surroundings } from './subnets.ts';
import { ulaPool } from './ula.ts';

const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  ...{ pools: DEFAULT_POOLS, pools6: [ulaPool('host')], networks: [], routes: [] },
  ...changes,
});

const choose = (subnets: SubnetRequest[], surroundings = around(), ipv6 = false) =>
  chooseSubnets({ subnets, ipv4: true, ipv6 }, surroundings);

test('the pools are Docker’s, in Docker’s order', () => {
  const networks: Surroundings['networks'] = [];
  const given = Array.from({ length: 17 }, () => {
    const [subnet] = choose([], around({ networks }));
    networks.push(prefix(subnet!.subnet));
    return subnet!.subnet;
  });
  assert.deepEqual(given.slice(0, 2), ['172.17.0.0/16', '172.18.0.0/16']);
  assert.deepEqual(given.slice(14), ['172.31.0.0/16', '192.168.0.0/20', '192.168.16.0/20']);
});

test('a pool that a route of the host leads to is passed over', () => {
  const routes = [prefix('172.16.0.0/12')];
  assert.equal(choose([], around({ routes }))[0]!.subnet, '192.168.0.0/20');
});

test('what is asked for may lie where a route of the host leads, but not in another network', () => {
  const wanted = [{ subnet: '10.1.0.0/24' }];
  const routes = [prefix('10.0.0.0/8')];
  assert.equal(choose(wanted, around({ routes }))[0]!.gateway, '10.1.0.1');
  assert.throws(() => choose(wanted, around({ networks: routes })), {
    ...{ kind: 'forbidden' },
    message: 'invalid pool request: Pool overlaps with other one on this address space',
  });
});

test('two subnets of one request must not overlap', () => {
  assert.throws(() => choose([{ subnet: '10.0.0.0/8' }, { subnet: '10.1.0.0/24' }]), /Pool overlaps/);
});

test('used-up pools say so in the words of Docker', () => {
  const networks = [prefix('172.16.0.0/12'), prefix('192.168.0.0/16')];
  assert.throws(
    () => choose([], around({ networks })),
    /all predefined address pools have been fully subnetted/,
  );
});

test('a subnet must be written at its first address, and the error names it', () => {
  const words = 'invalid subnet 10.0.0.5/24: it should be 10.0.0.0/24';
  assert.throws(() => choose([{ subnet: '10.0.0.5/24' }]), { message: words });
  assert.throws(() => choose([{ subnet: '10.0.0.0' }]), /invalid CIDR block notation/);
});

test('gateway, range and reserved addresses must lie in the subnet', () => {
  const subnet = '10.0.0.0/24';
  assert.throws(
    () => choose([{ subnet, gateway: '10.0.1.1' }]),
    /parent subnet 10\.0\.0\.0\/24 doesn't contain/,
  );
  assert.throws(() => choose([{ subnet, range: '10.0.1.0/25' }]), /doesn't contain ip-range/);
  assert.throws(() => choose([{ subnet, auxiliary: { a: '10.0.1.1' } }]), /doesn't contain this address/);
  assert.throws(() => choose([{ gateway: '10.0.0.1' }]), /gateway needs a subnet/);
});

test('the gateway is the first address of the range where there is one', () => {
  const [subnet] = choose([{ subnet: '10.0.0.0/24', range: '10.0.0.128/25' }]);
  assert.deepEqual(subnet, {
    ...{ family: 4, subnet: '10.0.0.0/24', gateway: '10.0.0.128', range: '10.0.0.128/25' },
  });
});

test('IPv6 comes from a unique local network that stays the same for a host, as Docker 28 does', () => {
  const [four, six] = choose([], around(), true);
  assert.equal(four!.family, 4);
  assert.match(six!.subnet, /^fd[0-9a-f:]+::\/64$/);
  assert.deepEqual(ulaPool('host'), ulaPool('host'));
  assert.notDeepEqual(ulaPool('host'), ulaPool('other'));
});

test('"0.0.0.0/24" asks for a size and leaves the place to the pools', () => {
  assert.equal(choose([{ subnet: '0.0.0.0/24' }])[0]!.subnet, '172.17.0.0/24');
});
