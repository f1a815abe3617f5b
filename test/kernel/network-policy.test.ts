import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EndpointIntent, NetworkIntent } from '@pontoon/network';
import { fetchFrom, idOf, inside, openPlace, type Place, type Started, until } from './network-place.ts';

const HOST = '198.51.100.2';
const OUTSIDE = '198.51.100.1';

/** A network 172.<number>.0.0/16. */
const subnetsOf = (number: number): NetworkIntent['subnets'] => [
  { family: 4, subnet: `172.${number}.0.0/16`, gateway: `172.${number}.0.1` },
];
const web = (hostPort: number) => ({ ports: [{ protocol: 'tcp' as const, containerPort: 80, hostPort }] });

/** One lab for all: what holds for one network must hold while the others exist. */
describe('policies of networks', () => {
  let place: Place;
  let front: NetworkIntent;
  let back: NetworkIntent;
  let frontWeb: Started;
  let frontClient: Started;
  let backWeb: Started;

  before(async () => {
    place = await openPlace({ ipv6: true });
    front = await place.network('front', { subnets: subnetsOf(18) });
    back = await place.network('back', { subnets: subnetsOf(19) });
    frontWeb = await place.start(front, 'front-web', web(8080));
    frontClient = await place.start(front, 'front-client');
    backWeb = await place.start(back, 'back-web', web(8081));
    await frontWeb.serve(80, 'front');
    await backWeb.serve(80, 'back');
    await place.lab.outside.run(['ip', 'route', 'add', '172.16.0.0/12', 'via', HOST]);
  });
  after(() => place[Symbol.asyncDispose]());

  const pings = async (from: Started, target: string): Promise<boolean> => {
    const argv = inside(from.sandbox.path, ['busybox', 'ping', '-c1', '-W1', target]);
    return (await place.lab.host.attempt(argv)).status === 0;
  };
  const fetchAt = (from: Started, address: string, port: number) =>
    fetchFrom(place.lab.host, address, port, from.sandbox.path);

  /** The source of a connection as the server's own namespace sees it, while it is open: nc closes its own half at once. */
  async function sourceSeenBy(path: string | undefined, port: number): Promise<string> {
    let source = '';
    const netstat = ['busybox', 'netstat', '-tn'];
    await until(async () => {
      const { stdout } = path
        ? await place.lab.host.attempt(inside(path, netstat))
        : await place.lab.outside.attempt(netstat);
      source = new RegExp(`:${port} +(\\S+):\\d+ +(?:ESTABLISHED|CLOSE_WAIT)`).exec(stdout)?.[1] ?? '';
      return source !== '';
    });
    return source.replace('::ffff:', '');
  }
  const hold = (path: string | undefined, port: number) => {
    const listen = ['busybox', 'nc', '-ll', '-p', `${port}`, '-e', 'sleep', '4'];
    if (path) place.lab.host.spawn(inside(path, listen));
    else place.lab.outside.spawn(listen);
  };
  const connectUntilSeen = async (argv: string[], from: Place['lab']['host']) => {
    for (let attempt = 0; attempt < 3; attempt++)
      from.spawn(['sh', '-c', `sleep ${attempt}; ${argv.join(' ')}`]);
  };

  /** What the outside sees as the source where a container of the network connects to it. */
  async function sourceOutside(from: Started, port: number): Promise<string> {
    hold(undefined, port);
    const argv = inside(from.sandbox.path, ['timeout', '4', 'busybox', 'nc', OUTSIDE, `${port}`]);
    await connectUntilSeen(argv, place.lab.host);
    return sourceSeenBy(undefined, port);
  }

  it('keeps user networks apart, though the host knows the way to both', async () => {
    assert.equal(await pings(frontClient, frontWeb.address), true);
    assert.equal(await pings(frontClient, backWeb.address), false);
    assert.equal(await fetchAt(frontClient, backWeb.address, 80), '');
    assert.equal(await fetchAt(frontClient, frontWeb.address, 80), 'front');
  });

  it('lets a container use what another network publishes, by the address of the host', async () => {
    assert.equal(await fetchAt(frontClient, HOST, 8081), 'back');
  });

  it('shows a published server the real address of a client outside', async () => {
    hold(frontWeb.sandbox.path, 82);
    const ports = [{ protocol: 'tcp', containerPort: 82, hostAddress: '0.0.0.0', hostPort: 8082, count: 1 }];
    await place.call('publish', front, frontWeb.endpoint, ports);
    await connectUntilSeen(['timeout', '4', 'busybox', 'nc', HOST, '8082'], place.lab.outside);
    const source = await sourceSeenBy(frontWeb.sandbox.path, 82).finally(() =>
      place.call('changePorts', [{ network: front, endpoint: frontWeb.endpoint, before: ports, after: [] }]),
    );
    assert.equal(source, OUTSIDE);
    assert.equal(await fetchFrom(place.lab.outside, HOST, 8082), '');
  });

  it('connects a running container to a second network, and takes it away again', async () => {
    const id = idOf('front-client on back');
    const endpoint: EndpointIntent = {
      ...{ id, networkId: back.id, containerId: frontClient.sandbox.containerId, interface: 'eth1' },
      ...{ hostLink: `veth${id.slice(0, 7)}`, mac: '02:42:ac:13:00:09', ports: [] },
      addresses: [{ family: 4, address: '172.19.0.9', prefixLength: 16 }],
    };
    await place.call('connect', frontClient.sandbox, back, endpoint);
    assert.equal(await fetchAt(frontClient, backWeb.address, 80), 'back');
    assert.match(await frontClient.run(['ip', 'route']), /default via 172\.18\.0\.1 dev eth0/);
    assert.deepEqual(await place.call('check'), []);
    await place.call('disconnect', frontClient.sandbox, back, endpoint);
    assert.equal(await fetchAt(frontClient, backWeb.address, 80), '');
    assert.doesNotMatch(await frontClient.run(['ip', '-br', 'link']), /eth1/);
  });

  it('changes which network carries the default route while the container runs', async () => {
    const gone = { ...frontClient.endpoint, gateway4: frontWeb.address };
    await place.call('changeGateway', frontClient.sandbox, gone);
    assert.match(await frontClient.run(['ip', 'route']), /default via 172\.18\.0\.2 dev eth0/);
    await place.call('changeGateway', frontClient.sandbox, frontClient.endpoint);
    assert.equal(await pings(frontClient, OUTSIDE), true);
  });

  it('keeps an internal network to itself: neighbours and its gateway, nothing else, either way', async () => {
    const inner = await place.network('inner', { subnets: subnetsOf(20), internal: true });
    const one = await place.start(inner, 'inner-one');
    const two = await place.start(inner, 'inner-two');
    await one.serve(80, 'inner');
    assert.equal(await fetchAt(two, one.address, 80), 'inner');
    assert.equal(await pings(two, '172.20.0.1'), true);
    // Even a container that gives itself a default route gets no further than the gateway.
    await two.run(['ip', 'route', 'add', 'default', 'via', '172.20.0.1']);
    for (const target of [OUTSIDE, HOST, frontWeb.address])
      assert.equal(await pings(two, target), false, target);
    assert.equal(await fetchFrom(place.lab.outside, one.address, 80), '');
    assert.equal(await fetchAt(frontClient, one.address, 80), '');
    for (const started of [one, two]) await place.stop(started);
    await place.call('removeNetwork', inner);
  });

  it('with icc=false lets containers out, and none to another', async () => {
    const strict = await place.network('strict', { subnets: subnetsOf(21), icc: false });
    const one = await place.start(strict, 'strict-one');
    const two = await place.start(strict, 'strict-two');
    await one.serve(80, 'strict');
    assert.equal(await pings(two, OUTSIDE), true);
    assert.equal(await pings(two, one.address), false);
    assert.equal(await fetchAt(two, one.address, 80), '');
    // Nor by way of the gateway, for who sends to it what is meant for a neighbour.
    await two.run(['ip', 'route', 'add', `${one.address}/32`, 'via', '172.21.0.1']);
    assert.equal(await fetchAt(two, one.address, 80), '');
    assert.equal(await fetchFrom(place.lab.host, one.address, 80), 'strict');
  });

  it('without masquerading the outside sees the container itself', async () => {
    const plain = await place.network('plain', { subnets: subnetsOf(22), masquerade: false });
    const client = await place.start(plain, 'plain-client');
    assert.equal(await sourceOutside(client, 9001), client.address);
  });

  it('sends from the one address that a network was given for it', async () => {
    await place.lab.host.run(['ip', 'address', 'add', '198.51.100.77/24', 'dev', 'uplink0']);
    const network = { subnets: subnetsOf(23), hostAddress4: '198.51.100.77' };
    const client = await place.start(await place.network('sourced', network), 'sourced-client');
    assert.equal(await sourceOutside(client, 9002), '198.51.100.77');
  });

  it('in routed mode opens the published port to who routes there, no other, and translates nothing', async () => {
    const routed = await place.network('routed', { subnets: subnetsOf(24), gatewayMode4: 'routed' });
    const server = await place.start(routed, 'routed-web', web(8084));
    await server.serve(80, 'routed');
    await server.serve(81, 'closed');
    assert.equal(await fetchFrom(place.lab.outside, server.address, 80), 'routed');
    assert.equal(await fetchFrom(place.lab.outside, server.address, 81), '');
    assert.equal(await fetchFrom(place.lab.outside, HOST, 8084), '');
    assert.equal(await sourceOutside(server, 9003), server.address);
  });

  it('in nat-unprotected mode opens every port to who routes there', async () => {
    const network = { subnets: subnetsOf(25), gatewayMode4: 'nat-unprotected' as const };
    const server = await place.start(await place.network('unprotected', network), 'unprotected-web');
    await server.serve(81, 'open');
    assert.equal(await fetchFrom(place.lab.outside, server.address, 81), 'open');
  });

  it('carries IPv6: neighbours, NAT to the outside, published ports, refused direct routing', async () => {
    const six = { family: 6 as const, subnet: 'fd00:1::/64', gateway: 'fd00:1::1' };
    const network = await place.network('six', { subnets: [...subnetsOf(26), six] });
    // The host forwarded no IPv6 before: it must not have become a router for anybody but the containers.
    const closed = await place.lab.host.run(['nft', '-nn', 'list', 'set', 'inet', 'pontoon', 'closed']);
    assert.match(closed, /elements = \{ [^}]*\b(10|ipv6)\b/);
    const server = await place.start(network, 'six-web', web(8086));
    const client = await place.start(network, 'six-client');
    await server.serve(80, 'six');
    assert.equal(await fetchAt(client, 'fd00:1::2', 80), 'six');
    assert.equal(await pings(client, '2001:db8::1'), true);
    assert.equal(await fetchFrom(place.lab.outside, '2001:db8::2', 8086), 'six');
    assert.equal(await fetchAt(client, '2001:db8::2', 8086), 'six');
    assert.equal(await fetchFrom(place.lab.host, '2001:db8::2', 8086), 'six');
    await place.lab.outside.run(['ip', '-6', 'route', 'add', 'fd00:1::/64', 'via', '2001:db8::2']);
    assert.equal(await fetchFrom(place.lab.outside, 'fd00:1::2', 80), '');
  });

  it('puts a macvlan container on the wire with an address of the outside’s network', async () => {
    const wire = await place.network('wire', {
      ...{ driver: 'macvlan', bridge: '', parent: 'uplink0' },
      subnets: [{ family: 4, subnet: '198.51.100.0/24', gateway: OUTSIDE, range: '198.51.100.128/25' }],
    });
    const server = await place.start(wire, 'wire-web', { changes: { hostLink: '' } });
    await server.serve(80, 'wire');
    assert.equal(server.address, '198.51.100.128');
    assert.equal(await fetchFrom(place.lab.outside, server.address, 80), 'wire');
    // The host's own link and what stands on it do not see each other: Documentation/networking, macvlan.
    assert.equal(await fetchFrom(place.lab.host, server.address, 80), '');
    await place.stop(server);
  });

  it('after all this finds kernel and intent agreed', async () => {
    assert.deepEqual(await place.call('check'), []);
  });
});
