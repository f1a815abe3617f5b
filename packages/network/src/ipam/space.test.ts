import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointIntent, NetworkIntent } from '../intent.ts';
import { Addresses } from './space.ts';

const network: NetworkIntent = {
  ...{ id: 'n1', name: 'front', driver: 'bridge', bridge: 'br-n1', isDefault: false },
  subnets: [{ family: 4, subnet: '10.0.0.0/30', gateway: '10.0.0.1' }],
  ...{ internal: false, icc: true, masquerade: true },
};

const endpoint: EndpointIntent = {
  ...{
    id: 'e1',
    networkId: 'n1',
    containerId: 'c1',
    interface: 'eth0',
    hostLink: 'veth1',
    mac: '',
    ports: [],
  },
  addresses: [{ family: 4, address: '10.0.0.2', prefixLength: 30 }],
};

test('a network that is full says so, by name', () => {
  const addresses = new Addresses();
  assert.equal(addresses.assign(network, 4), '10.0.0.2');
  const words = "no available IPv4 addresses on this network's address pools: front (n1)";
  assert.throws(() => addresses.assign(network, 4), { kind: 'unavailable', message: words });
  addresses.release(network, '10.0.0.2');
  assert.equal(addresses.assign(network, 4), '10.0.0.2');
});

test('after a restart the addresses of the stored endpoints are in use', () => {
  const addresses = new Addresses();
  const sandbox = { containerId: 'c1', path: '/x' };
  const sandboxes = [{ sandbox, running: true, endpoints: [endpoint], attachments: [] }];
  addresses.adopt({ networks: [network], sandboxes });
  assert.throws(() => addresses.assign(network, 4), /no available IPv4 addresses/);
});

test('two stored endpoints with one address do not stop the daemon from starting', () => {
  const addresses = new Addresses();
  const sandbox = { containerId: 'c1', path: '/x' };
  const endpoints = [endpoint, { ...endpoint, id: 'e2' }];
  addresses.adopt({
    networks: [network],
    sandboxes: [{ sandbox, running: true, endpoints, attachments: [] }],
  });
  assert.throws(() => addresses.assign(network, 4), /no available IPv4 addresses/);
});

test('a network that is made anew under the same id starts with all its addresses free', () => {
  const addresses = new Addresses();
  addresses.assign(network, 4);
  addresses.forget(network);
  assert.equal(addresses.assign(network, 4), '10.0.0.2');
});
