import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import {
  changeLink,
  deleteFlows,
  isSystemError,
  listFlows,
  listListeners,
  openDiagnosis,
  openNetfilter,
} from '@pontoon/netlink';
import { bindPort, inNamespace, listenOn } from '@pontoon/sys';
import { openPlace } from './netlink-place.ts';

test('ports that are listened on or only held are found, of both families', () => {
  using place = openPlace();
  const [held, listening, six, datagram] = inNamespace(place.host, () => [
    bindPort({ protocol: 'tcp', address: '0.0.0.0', port: 8080 }),
    bindPort({ protocol: 'tcp', address: '0.0.0.0', port: 8081 }),
    bindPort({ protocol: 'tcp', address: '::', port: 8082 }),
    bindPort({ protocol: 'udp', address: '0.0.0.0', port: 53 }),
  ]);
  listenOn(listening!);
  listenOn(six!);
  using diagnosis = openDiagnosis(place.host);
  const ports = (protocol: 'tcp' | 'udp', family: 4 | 6) =>
    listListeners(diagnosis, { protocol, family }).map(({ port, address }) => `${address} ${port}`);
  assert.ok(ports('tcp', 4).includes('0.0.0.0 8081'));
  assert.deepEqual(ports('tcp', 6), [':: 8082']);
  assert.deepEqual(ports('udp', 4), ['0.0.0.0 53']);
  for (const port of [held, listening, six, datagram]) port?.close();
});

test('a port that is held cannot be taken twice; another family can have it', () => {
  using place = openPlace();
  const wanted = { protocol: 'udp', port: 53 } as const;
  inNamespace(place.host, () => {
    const held = bindPort({ ...wanted, address: '0.0.0.0' });
    const six = bindPort({ ...wanted, address: '::' });
    assert.throws(
      () => bindPort({ ...wanted, address: '127.0.0.1' }),
      (error) => isSystemError(error, 'EADDRINUSE'),
    );
    held.close();
    six.close();
    bindPort({ ...wanted, address: '127.0.0.1' }).close();
  });
});

test('exactly the picked flows are forgotten, with their translation', async () => {
  using place = openPlace();
  changeLink(place.route, 1, { up: true });
  place.run(
    ['nft', '-f', '-'],
    `table ip nat { chain output { type nat hook output priority -100;
      ip daddr 127.0.0.1 udp dport { 7000, 7001 } dnat to 127.0.0.2:9000
    }
    }\n`,
  );
  const sockets = inNamespace(place.host, () =>
    [7000, 7001].map(() => bindPort({ protocol: 'udp', address: '127.0.0.1', port: 0 })),
  );
  for (const [index, { descriptor }] of sockets.entries()) {
    const socket = createSocket('udp4');
    socket.bind({ fd: descriptor });
    await new Promise((sent) => socket.send('x', 7000 + index, '127.0.0.1', sent));
    socket.close();
  }
  using netfilter = openNetfilter(place.host);
  const flow = listFlows(netfilter).find(({ destinationPort }) => destinationPort === 7000);
  assert.deepEqual(
    [flow?.protocol, flow?.destination, flow?.replySource, flow?.replySourcePort],
    ['udp', '127.0.0.1', '127.0.0.2', 9000],
  );
  assert.equal(
    deleteFlows(netfilter, ({ destinationPort }) => destinationPort === 7000),
    1,
  );
  const left = listFlows(netfilter).map(({ destinationPort }) => destinationPort);
  assert.deepEqual([left.includes(7000), left.includes(7001)], [false, true]);
});
