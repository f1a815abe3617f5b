import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Lab, linkMachines, type Machine } from '@pontoon/lab';
import type { Family, NetworkIntent } from '@pontoon/network';
import { openPlace, type Place, type Started, until } from './network-place.ts';

const SUBNETS: NetworkIntent['subnets'] = [
  { family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' },
  { family: 6, subnet: 'fd00:18::/64', gateway: 'fd00:18::1' },
];
const FAMILIES: Family[] = [4, 6];
const HOST = { 4: '198.51.100.2', 6: '2001:db8::2' };
const FILE_BYTES = 6_000_000;
/** An Ethernet header is part of what the card is asked to take at once: gso_features_check, net/core/dev.c. */
const ETHERNET_BYTES = 14;

interface World {
  /** Bytes: of the host's uplink. */
  mtu: number;
  longestTrain: number;
  /** The smallest MTU on the way to the far machine, where that is less than the uplink's. */
  narrow?: number;
}

const WORLDS: [string, World][] = [
  ['an uplink as usual', { mtu: 1500, longestTrain: 65_536 }],
  ['an uplink that takes short trains only', { mtu: 1500, longestTrain: 16_384 }],
  [
    'an uplink with small frames, and smaller ones on the way',
    { mtu: 1400, longestTrain: 65_536, narrow: 1300 },
  ],
];

for (const [title, world] of WORLDS)
  describe(`sizes, over ${title}`, () => {
    let place: Place;
    let server: Started;
    let client: Started;
    let far: { machine: Machine; 4: string; 6: string };
    let file: string;
    let digest: string;

    before(async () => {
      place = await openPlace({ ipv6: true, mtu: world.mtu });
      const { lab } = place;
      await lab.host.run(['ip', 'link', 'set', 'uplink0', 'gso_max_size', `${world.longestTrain}`]);
      far = world.narrow === undefined ? near(lab) : await beyondRouters(lab, world.narrow);
      ({ file, digest } = someFile(lab.directory));
      await countTrains(lab.host, 'postrouting oifname uplink0', world);
      const network = await place.network('sizes', { subnets: SUBNETS });
      const ports = [{ protocol: 'tcp' as const, containerPort: 80, hostPort: 8080 }];
      server = await place.start(network, 'server', { ports });
      client = await place.start(network, 'client');
      await countTrains(client, 'input iifname eth0', world);
      await server.listen(80, ['busybox', 'dd', `if=${file}`, 'bs=1M']);
      await server.listen(81, ['busybox', 'sha256sum']);
      for (const [port, program] of [
        ['80', `cat ${file}`],
        ['81', 'sha256sum'],
      ] as const)
        far.machine.spawn(['busybox', 'nc', '-ll', '-p', port, '-e', 'busybox', ...program.split(' ')]);
      await until(async () => (await far.machine.run(['busybox', 'netstat', '-ltn'])).includes(':81 '));
    });
    after(() => place[Symbol.asyncDispose]());

    /** The SHA-256 of what a machine, or a container of the host, gets from a server. */
    async function download(from: Machine | Started, address: string, port: number): Promise<string> {
      const argv = ['sh', '-c', `busybox nc ${address} ${port} </dev/null | sha256sum`];
      return firstWord(await runAt(from, argv));
    }
    /** The SHA-256 that the server made of what it got. */
    async function upload(from: Machine | Started, address: string, port: number): Promise<string> {
      return firstWord(await runAt(from, ['sh', '-c', `busybox nc ${address} ${port} <${file}`]));
    }
    const runAt = (from: Machine | Started, argv: string[]) => from.run(['timeout', '25', ...argv]);
    const containerAddress = (family: Family) =>
      server.endpoint.addresses.find((one) => one.family === family)!.address;

    for (const family of FAMILIES) {
      it(`carries IPv${family} whole from container to container`, async () => {
        assert.equal(await download(client, containerAddress(family), 80), digest);
        const route = await client.run(['ip', 'route', 'get', containerAddress(family)]);
        assert.doesNotMatch(route, /mtu/);
      });

      it(`carries IPv${family} whole from container to outside, both ways`, async () => {
        assert.equal(await upload(client, far[family], 81), digest);
        assert.equal(await download(client, far[family], 80), digest);
        const route = await client.run(['ip', 'route', 'get', far[family]]);
        assert.match(route, new RegExp(`mtu ${world.narrow ?? world.mtu}\\b`));
      });

      it(`carries IPv${family} whole from outside to a published port, both ways`, async () => {
        assert.equal(await download(far.machine, HOST[family], 8080), digest);
      });

      it(`carries datagrams of IPv${family} that are larger than any frame, to neighbours and to the outside`, async () => {
        for (const target of [containerAddress(family), far[family]])
          await client.run(['busybox', 'ping', '-A', '-c3', '-W5', '-s', '20000', target]);
      });

      it(`carries IPv${family} whole between host and container`, async () => {
        assert.equal(await upload(place.lab.host as Machine, containerAddress(family), 81), digest);
        assert.equal(await download(place.lab.host as Machine, containerAddress(family), 80), digest);
      });
    }

    it('sends longer trains from container to container', async () => {
      const { tooLong } = await countedTrains(client);
      assert.ok(tooLong > 0);
    });

    it('sends trains to the uplink, none of them longer than it takes', async () => {
      const { trains, tooLong } = await countedTrains(place.lab.host);
      assert.ok(trains > 0, 'no trains at all');
      assert.equal(tooLong, 0);
    });

    it('finds nothing to put right', async () => {
      assert.deepEqual(await place.call('check'), []);
    });
  });

const firstWord = (text: string): string => text.split(' ')[0]!.trim();

const near = (lab: Lab) => ({ machine: lab.outside, 4: lab.addresses.outside, 6: '2001:db8::1' });

/** host ── outside ──(narrow)── second router ── far: each end of the way learns of the narrow part by ICMP only. */
async function beyondRouters(lab: Lab, narrow: number) {
  const [second, machine] = [await lab.addMachine('second'), await lab.addMachine('far')];
  await linkMachines(
    {
      ...{ machine: lab.outside, interface: 'narrow0' },
      addresses: ['203.0.113.1/30', '2001:db8:0:2::1/64'],
    },
    {
      ...{ machine: second, interface: 'narrow0', addresses: ['203.0.113.2/30', '2001:db8:0:2::2/64'] },
      gateways: ['203.0.113.1', '2001:db8:0:2::1'],
    },
    { mtu: narrow },
  );
  await linkMachines(
    { machine: second, interface: 'wide0', addresses: ['203.0.113.129/25', '2001:db8:0:3::1/64'] },
    {
      ...{ machine, interface: 'wide0', addresses: ['203.0.113.130/25', '2001:db8:0:3::2/64'] },
      gateways: ['203.0.113.129', '2001:db8:0:3::1'],
    },
  );
  for (const router of [lab.outside, second])
    await router.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  await lab.outside.run(['ip', 'route', 'add', '203.0.113.128/25', 'via', '203.0.113.2']);
  await lab.outside.run(['ip', '-6', 'route', 'add', '2001:db8:0:3::/64', 'via', '2001:db8:0:2::2']);
  return { machine, 4: '203.0.113.130', 6: '2001:db8:0:3::2' };
}

function someFile(directory: string): { file: string; digest: string } {
  const content = randomBytes(FILE_BYTES);
  const file = join(directory, 'file');
  writeFileSync(file, content);
  return { file, digest: createHash('sha256').update(content).digest('hex') };
}

/**
 * Counts what passes in more than one frame, and what of it is more than the uplink takes. Of TCP: datagrams are whole
 * again where conntrack looks at them.
 * @param where hook and link
 */
async function countTrains(at: Machine | Started, where: string, world: World): Promise<void> {
  const [hook, ...link] = where.split(' ');
  const count = (least: number, comment: string) =>
    `${link.join(' ')} meta l4proto tcp meta length >= ${least} counter comment "${comment}"`;
  const chain = `chain seen { type filter hook ${hook} priority 300;
    ${count(world.mtu + 1, 'trains')}
    ${count(world.longestTrain - ETHERNET_BYTES, 'too long')}
  }`;
  await at.run(['nft', `table inet trains {\n${chain}\n}`]);
}

async function countedTrains(at: Machine | Started): Promise<{ trains: number; tooLong: number }> {
  const listed = await at.run(['nft', 'list', 'table', 'inet', 'trains']);
  const count = (comment: string) =>
    Number(new RegExp(`counter packets (\\d+) .*"${comment}"`).exec(listed)?.[1] ?? Number.NaN);
  return { trains: count('trains'), tooLong: count('too long') };
}
