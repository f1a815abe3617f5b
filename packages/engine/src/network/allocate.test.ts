import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointIntent, NetworkIntent } from '@pontoon/network';
import { chooseGateways, type Joined } from './allocate.ts';

interface Wanted {
  name: string;
  priority?: number;
  ipv4?: boolean;
  ipv6?: boolean;
  internal?: boolean;
}

function join({ name, priority, ipv4 = true, ipv6 = false, internal = false }: Wanted): Joined {
  const intent: NetworkIntent = {
    ...{ id: name, name, driver: 'bridge', bridge: `br-${name}`, isDefault: false },
    ...{ internal, icc: true, masquerade: true },
    subnets: [
      ...(ipv4 ? [{ family: 4 as const, subnet: '172.18.0.0/16', gateway: '172.18.0.1' }] : []),
      ...(ipv6 ? [{ family: 6 as const, subnet: 'fd00::/64', gateway: 'fd00::1' }] : []),
    ],
  };
  const network = {
    ...{ id: name, name, created: '', driver: 'bridge' as const, intent, internal, attachable: false },
    ...{ ipam: { Driver: 'default', Options: null, Config: null }, enableIPv4: ipv4, enableIPv6: ipv6 },
    ...{ options: {}, labels: {} },
  };
  return { network, connection: { networkId: name, settings: priority ? { GwPriority: priority } : {} } };
}

/** Names of the networks that carry the default routes: of IPv4, of IPv6. */
function carriers(...wanted: Wanted[]): (string | undefined)[] {
  const joined = wanted.map(join);
  const endpoints = joined.map(
    ({ network }): EndpointIntent => ({
      ...{ id: network.id, networkId: network.id, containerId: 'c', interface: 'eth0', hostLink: 'veth' },
      ...{ mac: '', addresses: [], ports: [] },
    }),
  );
  const chosen = chooseGateways(endpoints, joined);
  return [
    chosen.find(({ gateway4 }) => gateway4)?.networkId,
    chosen.find(({ gateway6 }) => gateway6)?.networkId,
  ];
}

test('of equal networks the first by name carries the default route, whichever was joined first', () => {
  assert.deepEqual(carriers({ name: 'oak' }, { name: 'ash' }, { name: 'elm' }), ['ash', undefined]);
  assert.deepEqual(carriers({ name: 'ash' }, { name: 'Oak' }), ['Oak', undefined]);
});

test('a higher priority goes before the name', () => {
  assert.deepEqual(carriers({ name: 'ash' }, { name: 'oak', priority: 1 }), ['oak', undefined]);
  assert.deepEqual(carriers({ name: 'ash', priority: -1 }, { name: 'oak' }), ['oak', undefined]);
});

test('a network of both families goes before one of a single family, and after a higher priority', () => {
  const both = { name: 'oak', ipv6: true };
  assert.deepEqual(carriers({ name: 'ash' }, both), ['oak', 'oak']);
  assert.deepEqual(carriers({ name: 'ash', priority: 1 }, both), ['ash', 'oak']);
});

test('each family has the carrier that can carry it', () => {
  assert.deepEqual(carriers({ name: 'ash' }, { name: 'oak', ipv4: false, ipv6: true }), ['ash', 'oak']);
});

test('an internal network carries no default route, whatever its priority', () => {
  const inner = { name: 'ash', internal: true, priority: 9 };
  assert.deepEqual(carriers(inner, { name: 'oak' }), ['oak', undefined]);
  assert.deepEqual(carriers(inner), [undefined, undefined]);
});
