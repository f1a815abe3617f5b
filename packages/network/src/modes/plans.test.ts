import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointIntent, NetworkIntent } from '../intent.ts';
import { describePlan, type Plan } from '../plan.ts';
import { attachmentPlan } from './attachment.ts';
import { bridge } from './bridge.ts';
import { container } from './container.ts';
import { host } from './host.ts';
import { networkPlan } from './network.ts';
import { none } from './none.ts';
import type { Wire } from './wire.ts';

const owner = { bridge: 'pontoon0' };
const sandbox = { containerId: 'c1', path: '/run/x/netns/c1' };

const network: NetworkIntent = {
  ...{ id: 'n1', name: 'bridge', driver: 'bridge', bridge: 'pontoon0', isDefault: true },
  subnets: [{ family: 4, subnet: '172.17.0.0/16', gateway: '172.17.0.1' }],
  ...{ internal: false, icc: true, masquerade: true },
};

const endpoint: EndpointIntent = {
  ...{ id: 'e1', networkId: 'n1', containerId: 'c1', interface: 'eth0', hostLink: 'veth1a2b3c4' },
  ...{ mac: '02:42:ac:11:00:02', gateway4: '172.17.0.1', ports: [] },
  addresses: [{ family: 4, address: '172.17.0.2', prefixLength: 16 }],
};

const wire: Wire = { mtu: 9000, offload: 262_144, outward: { mtu: { 4: 1500, 6: 1400 }, segments: 43 } };

const kinds = (plan: Plan): string[] => plan.map(({ kind }) => kind);

test('host and container mode ask nothing of the kernel', () => {
  assert.deepEqual([...host(), ...container()], []);
});

test('none mode is a namespace with its loopback up, and every other namespace starts so', () => {
  assert.deepEqual(kinds(none(sandbox)), ['namespace', 'up']);
  const plan = bridge(sandbox, [{ network, endpoint, wire }], owner);
  assert.deepEqual(plan.slice(0, 2), none(sandbox));
});

test('bridge mode adds a veth pair, and inside it the link up, its address and the default route', () => {
  const plan = bridge(sandbox, [{ network, endpoint, wire }], owner);
  assert.deepEqual(kinds(plan), ['namespace', 'up', 'veth', 'up', 'address', 'route']);
  const veth = plan.find((step) => step.kind === 'veth');
  assert.equal(veth?.bridge, 'pontoon0');
  assert.equal(veth?.alias, 'pontoon:pontoon0:e1');
  assert.equal(veth?.inside.mac, '02:42:ac:11:00:02');
  assert.deepEqual(plan.at(-1), {
    ...{ kind: 'route', where: sandbox.path, link: 'eth0' },
    ...{ destination: '0.0.0.0/0', gateway: '172.17.0.1', mtu: 1500 },
  });
});

test('published ports come last: nothing is let in before there is something to answer', () => {
  const port = {
    protocol: 'tcp' as const,
    containerPort: 80,
    hostAddress: '0.0.0.0',
    hostPort: 8080,
    count: 1,
  };
  const plan = bridge(sandbox, [{ network, endpoint: { ...endpoint, ports: [port] }, wire }], owner);
  assert.equal(plan.at(-1)?.kind, 'elements');
});

test('only the endpoint that carries the default route gets one', () => {
  const { gateway4: _, ...second } = { ...endpoint, id: 'e2', interface: 'eth1', hostLink: 'veth2' };
  const plan = bridge(
    sandbox,
    [
      { network, endpoint, wire },
      { network, endpoint: second, wire },
    ],
    owner,
  );
  assert.equal(plan.filter(({ kind }) => kind === 'veth').length, 2);
  assert.equal(plan.filter(({ kind }) => kind === 'route').length, 1);
});

test('without inter-container communication the ports of the bridge are isolated', () => {
  const plan = bridge(sandbox, [{ network: { ...network, icc: false }, endpoint, wire }], owner);
  assert.equal(plan.find((step) => step.kind === 'veth')?.isolated, true);
});

test('an IPv6 address turns IPv6 on inside: namespace, link and route', () => {
  const six = {
    ...{ ...endpoint, gateway6: 'fd00::1' },
    addresses: [...endpoint.addresses, { family: 6 as const, address: 'fd00::2', prefixLength: 64 }],
  };
  const plan = bridge(sandbox, [{ network, endpoint: six, wire }], owner);
  assert.deepEqual(plan[0], { kind: 'namespace', path: sandbox.path, ipv6: true });
  assert.ok(plan.some((step) => step.kind === 'sysctl' && step.key === 'net.ipv6.conf.eth0.disable_ipv6'));
  assert.ok(plan.some((step) => step.kind === 'route' && step.destination === '::/0' && step.mtu === 1400));
});

test('settings of an endpoint are written for its interface, whatever that is called', () => {
  const sysctls = { 'net.ipv4.conf.IFNAME.log_martians': '1' };
  const plan = bridge(sandbox, [{ network, endpoint: { ...endpoint, sysctls }, wire }], owner);
  assert.ok(plan.some((step) => step.kind === 'sysctl' && step.key === 'net.ipv4.conf.eth0.log_martians'));
});

test('a network is a bridge with the gateway on it, up before its elements let anything through', () => {
  const plan = networkPlan(network, owner, wire);
  assert.equal(plan[0]?.kind, 'bridge');
  assert.deepEqual(kinds(plan).slice(-3), ['address', 'up', 'elements']);
  assert.ok(
    plan.some((step) => step.kind === 'sysctl' && step.key === 'net.ipv4.conf.pontoon0.route_localnet'),
  );
});

test('a bridge that was there before keeps its own settings, but for what the network cannot do without', () => {
  const plan = networkPlan(network, owner, {}, true);
  assert.deepEqual(kinds(plan), ['bridge', 'sysctl', 'address', 'up', 'elements']);
  assert.ok(plan[0]?.kind === 'bridge' && plan[0].adopt && plan[0].mtu === undefined);
});

test('a gateway that is isolated gives the bridge no address', () => {
  const plan = networkPlan({ ...network, internal: true, gatewayMode4: 'isolated' }, owner, wire);
  assert.ok(!kinds(plan).includes('address'));
});

test('an attachment adopts the bridge, adds the link, and only then address and gateway', () => {
  const attachment = {
    ...{ id: 'a1', interface: 'eth1', bridge: 'br1', hostLink: 'vetha1' },
    ...{ address: '192.168.1.1/24', gateway: '192.168.1.254' },
  };
  const plan = attachmentPlan(sandbox, attachment, owner);
  assert.deepEqual(kinds(plan), ['bridge', 'up', 'veth', 'up', 'address', 'route']);
  assert.equal(plan[0]?.kind === 'bridge' && plan[0].adopt, true);
});

test('a plan can be read before it is made true', () => {
  const lines = describePlan(bridge(sandbox, [{ network, endpoint, wire }], owner));
  assert.equal(lines.length, 6);
  assert.ok(lines.every(({ verb, subject, detail }) => verb === 'add' && subject !== '' && detail !== ''));
  assert.ok(lines.some(({ subject, detail }) => subject === 'veth1a2b3c4' && detail.includes('pontoon0')));
});
