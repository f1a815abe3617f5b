import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEndpoints, readNetwork } from './networks.ts';

const nothing = { aliases: [], links: [], linkLocal: [] };

test('a mode or a lone network without wishes needs no endpoint', () => {
  assert.deepEqual(readEndpoints([], nothing), {});
  assert.deepEqual(readEndpoints([readNetwork('host')], nothing), {});
  assert.deepEqual(readEndpoints([readNetwork('mine')], nothing), {});
});

test('the long form says all about its endpoint', () => {
  const network = readNetwork(
    'name=mine,alias=a,alias=b,ip=10.0.0.9,ip6=2001:db8::9,mac-address=92:d0:c6:0a:29:33,gw-priority=5,driver-opt=com.docker.network.endpoint.ifname=lan0,link-local-ip=169.254.1.1',
  );
  assert.deepEqual(readEndpoints([network], nothing), {
    mine: {
      IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: '2001:db8::9', LinkLocalIPs: ['169.254.1.1'] },
      Aliases: ['a', 'b'],
      DriverOpts: { 'com.docker.network.endpoint.ifname': 'lan0' },
      MacAddress: '92:d0:c6:0a:29:33',
      GwPriority: 5,
    },
  });
});

test("the container's own flags go to its first network", () => {
  const networks = [readNetwork('one'), readNetwork('two')];
  const wide = { ...nothing, address4: '10.0.0.9', aliases: ['x'], links: ['db:d'] };
  assert.deepEqual(readEndpoints(networks, wide), {
    one: { IPAMConfig: { IPv4Address: '10.0.0.9' }, Aliases: ['x'], Links: ['db:d'] },
    two: {},
  });
});

test("a MAC address without a network goes to the default network's endpoint", () => {
  assert.deepEqual(readEndpoints([], { ...nothing, mac: '92:d0:c6:0a:29:33' }), {
    default: { MacAddress: '92:d0:c6:0a:29:33' },
  });
});

test("what does not go together is refused in the words of Docker's client", () => {
  const cases: [() => unknown, string][] = [
    [() => readNetwork('name=a,foo'), 'invalid field foo'],
    [() => readNetwork('alias=a'), 'network name/id is not specified'],
    [() => readNetwork('name=a,foo=b'), 'invalid field key foo'],
    [
      () => readEndpoints([readNetwork('a'), readNetwork('a')], nothing),
      'network "a" is specified multiple times',
    ],
    [
      () => readEndpoints([readNetwork('a'), readNetwork('host')], nothing),
      'conflicting options: cannot attach both user-defined and non-user-defined network-modes',
    ],
    [
      () => readEndpoints([readNetwork('name=a,ip=10.0.0.2')], { ...nothing, address4: '10.0.0.3' }),
      'conflicting options: cannot specify both --ip and per-network IPv4 address',
    ],
    [
      () => readEndpoints([readNetwork('bridge')], { ...nothing, aliases: ['x'] }),
      'network-scoped aliases are only supported for user-defined networks',
    ],
    [() => readEndpoints([], { ...nothing, mac: 'x' }), 'x is not a valid mac address'],
  ];
  for (const [act, message] of cases) assert.throws(act, { message });
});
