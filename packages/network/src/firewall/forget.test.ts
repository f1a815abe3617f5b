import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scripted } from '@pontoon/netlink';
import type { PublishedPort } from '../intent.ts';
import { forgetDatagrams } from './forget.ts';

const NLMSG_DONE = 3;
const DELETE_FLOW = 0x0102;
const address = { host: 'c6336401', client: 'c6336409', container: 'ac110002' };

/** A flow of protocol 17 from the client to a port of the host, answered from port 53 of the container. */
function flow(port: number): Buffer {
  const tuple = (type: string, from: string, to: string, fromPort: number, toPort: number) => {
    const ports = Buffer.alloc(4);
    ports.writeUInt16BE(fromPort, 0);
    ports.writeUInt16BE(toPort, 2);
    const [source, destination] = [ports.toString('hex', 0, 2), ports.toString('hex', 2)];
    return (
      `3400${type}80` +
      `14000180` +
      `08000100${from}08000200${to}` +
      `1c000280` +
      `0500010011000000` +
      `06000200${source}0000` +
      `06000300${destination}0000`
    );
  };
  const original = tuple('01', address.client, address.host, 4000, port);
  const reply = tuple('02', address.container, address.client, 53, 4000);
  return Buffer.from(`02000000${original}${reply}`, 'hex');
}

const published: PublishedPort = {
  ...{ protocol: 'udp', containerPort: 53, hostAddress: '0.0.0.0', hostPort: 5300, count: 1 },
};

const endpoint = { addresses: [{ family: 4 as const, address: '172.17.0.2', prefixLength: 16 }] };

test('only the UDP flows through the port that is gone are forgotten', () => {
  const { connection, done } = scripted([
    {
      replies: [
        { type: 0x0100, body: flow(5300) },
        { type: 0x0100, body: flow(5301) },
        { type: NLMSG_DONE, body: Buffer.alloc(4) },
      ],
    },
    {
      request: ([message]) => {
        assert.equal(message?.type, DELETE_FLOW);
        assert.match(message?.body.toString('hex') ?? '', /0600030014b4/);
      },
    },
  ]);
  forgetDatagrams(connection, [{ endpoint, ports: [published] }]);
  done();
});

test('a flow that another endpoint answers stays', () => {
  const other = { addresses: [{ family: 4 as const, address: '172.17.0.3', prefixLength: 16 }] };
  const { connection, done } = scripted([
    {
      replies: [
        { type: 0x0100, body: flow(5300) },
        { type: NLMSG_DONE, body: Buffer.alloc(4) },
      ],
    },
  ]);
  forgetDatagrams(connection, [{ endpoint: other, ports: [published] }]);
  done();
});

test('TCP ports drain: nothing is asked of the kernel', () => {
  const { connection } = scripted([]);
  forgetDatagrams(connection, [{ endpoint, ports: [{ ...published, protocol: 'tcp' }] }]);
});
