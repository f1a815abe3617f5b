/**
 * What the kernel holds in each of the situations that docs/generated explains, as text: `npm run capture` writes it
 * there, and a test compares it. Names that are made of ids are written by what they are for.
 */
import { type Machine, openLab } from '@pontoon/lab';
import { type EngineUnderTest, engineIn } from './engine.ts';
import { networkOf, removeContainers, staying } from './parts.ts';
import { until } from './until.ts';

export interface Scenario {
  /** Of the file in docs/generated. */
  name: string;
  title: string;
  /** What the text shows, in a few sentences. */
  about: string;
  /** Flags of `network create grove`; no network where absent. */
  network?: string[];
  /** Flags of `run --network grove busybox`, by the container's name. */
  containers: Record<string, string[]>;
}

const four = ['--subnet', '172.30.0.0/24'];

export const scenarios: Scenario[] = [
  {
    ...{ name: 'fresh-daemon', title: 'A fresh daemon', containers: {} },
    about:
      'One bridge, its address, and five elements: `pontoon0` is a bridge of the engine, its containers may talk to each other, what comes back into it by way of the host is masqueraded, and so is all IPv4 that leaves it. `closed` is there because the daemon itself turned forwarding on: what has nothing to do with containers is not forwarded.',
  },
  {
    ...{ name: 'user-network', title: 'A user network with two containers', network: four },
    containers: { ash: [], birch: [] },
    about:
      'A second bridge with the same elements under its own name, and for each container a veth pair: one end is a port of the bridge, the other is `eth0` inside. A container brings no element: rules know networks, not containers. That no pair of two bridges is in `talking` is what keeps networks apart.',
  },
  {
    ...{ name: 'published', title: 'Published ports', network: four },
    containers: { web: ['-p', '8080:80', '-p', '9000-9999:9000-9999', '-p', '5353:53/udp'] },
    about:
      'A published port is one element of a map: protocol and number lead to address and port. A range with the same numbers on both sides is one interval, however wide. Nothing else changes: no rule, no chain, no process.',
  },
  {
    ...{ name: 'localhost-only', title: 'Published on localhost only', network: four },
    containers: { web: ['-p', '127.0.0.1:8080:80'] },
    about:
      'The map `published4_at` asks for the address of the host too. The host itself reaches the port by translation in `output`; packets for 127.0.0.0/8 that come by a wire are dropped in `raw`, before anything else sees them.',
  },
  {
    ...{ name: 'internal', title: 'An internal network', network: [...four, '--internal'] },
    containers: { ash: [] },
    about:
      'The bridge is in `internal` and not in `masqueraded`, and the container has no default route: there is no way out, and none in. The host still reaches it, and it the host, by the address of the bridge.',
  },
  {
    ...{ name: 'icc-off', title: 'Containers kept apart (icc=false)', containers: { ash: [], birch: [] } },
    network: [...four, '-o', 'com.docker.network.bridge.enable_icc=false'],
    about:
      'The ports of the bridge are `isolated`: the kernel hands no frame from one to the other, and no rule is needed for it. The pair of the bridge with itself is not in `talking`, so there is no way round by the host either.',
  },
  {
    ...{ name: 'routed', title: 'Routed, without NAT', containers: { web: ['-p', '80'] } },
    network: [...four, '-o', 'com.docker.network.bridge.gateway_mode_ipv4=routed'],
    about:
      'No address is translated: the bridge is in `routed` in place of `masqueraded`, and what is published is an element of `open4`, the address and port of the container themselves. Whoever has a route to the network reaches that, and nothing else of it.',
  },
  {
    ...{
      name: 'ipv6',
      title: 'IPv6 beside IPv4',
      containers: { web: ['-p', '8080:80', '-p', '[::1]:8443:443'] },
    },
    network: [...four, '--ipv6', '--subnet', 'fd00:9::/64'],
    about:
      'Each family has its own elements and its own default route. What is published on `[::1]` is in the map too, but no translation leads out of that address: the daemon forwards it itself, on the socket by which it holds the port. Such connections, and no others, end with the daemon.',
  },
];

/** An engine on a host that did not forward before it came, whatever this machine does. */
export async function openStage(): Promise<EngineUnderTest> {
  const lab = await openLab({ ipv6: true });
  try {
    await lab.host.run(['sysctl', '-qw', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0']);
    return await engineIn(lab);
  } catch (error) {
    await lab.close();
    throw error;
  }
}

/** Sets the scene, writes down what the kernel holds, and takes everything away again. */
export async function capture(engine: EngineUnderTest, scenario: Scenario): Promise<string> {
  const { network, containers } = scenario;
  try {
    if (network) await engine.docker('network', 'create', ...network, 'grove');
    for (const [name, flags] of Object.entries(containers))
      await engine.docker('run', '-d', '--name', name, '--network', 'grove', ...flags, 'busybox', ...staying);
    return await describe(engine, scenario);
  } finally {
    await removeContainers(engine);
    if (network) await engine.docker('network', 'rm', 'grove');
    await until('the links of the scene are gone', async () => {
      return !(await links(engine.host)).some((link) => /^veth|^br-/.test(link));
    });
  }
}

async function describe(engine: EngineUnderTest, { title, about, network, containers }: Scenario) {
  const names = await readableNames(engine, Object.keys(containers), network !== undefined);
  const readable = (text: string) => names.reduce((done, [id, name]) => done.replaceAll(id, name), text);
  const commands = [
    ...(network ? [`pontoon network create ${[...network, 'grove'].join(' ')}`] : []),
    ...Object.entries(containers).map(([name, flags]) =>
      ['pontoon run -d', `--name ${name}`, '--network grove', ...flags, 'busybox sleep 1000'].join(' '),
    ),
  ];
  const inside = await Promise.all(
    Object.keys(containers).map(async (name) => {
      const place = await networkOf(engine, name);
      return section(`Inside ${name}`, [...(await links(place)), '', ...(await routes(place))]);
    }),
  );
  return [
    `# ${title}`,
    '',
    'Captured from a live daemon by `npm run capture`; a test compares it with what the kernel holds. The rules are the',
    'same in each case: [ruleset.nft](../../packages/network/src/firewall/ruleset.nft).',
    '',
    about,
    '',
    ...(commands.length > 0 ? ['```sh', ...commands, '```', ''] : []),
    ...section('Elements of the table', (await elements(engine.host)).map(readable)),
    ...section('Links of the host', (await links(engine.host)).map(readable).toSorted()),
    ...section('Routes of the host', (await routes(engine.host)).map(readable)),
    ...inside.flat(),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const section = (title: string, lines: string[]): string[] => [`## ${title}`, '', '```', ...lines, '```', ''];

/** Links' names that are made of ids, with names that say whose they are. */
async function readableNames(
  engine: EngineUnderTest,
  containers: string[],
  network: boolean,
): Promise<[string, string][]> {
  const bridge: [string, string][] = network
    ? [
        [
          `br-${(await engine.docker('network', 'inspect', '-f', '{{.Id}}', 'grove')).slice(0, 12)}`,
          'br-grove',
        ],
      ]
    : [];
  const all = await json<Link>(engine.host, 'link', 'show');
  const ends = await Promise.all(
    containers.map(async (name): Promise<[string, string]> => {
      const [own] = await json<Link>(await networkOf(engine, name), 'link', 'show', 'eth0');
      return [all.find(({ ifindex }) => ifindex === own?.link_index)?.ifname ?? '', `veth-${name}`];
    }),
  );
  return [...bridge, ...ends];
}

type Place = Pick<Machine, 'attempt'>;

interface Link {
  ifindex: number;
  ifname: string;
  link_index?: number;
  flags: string[];
  mtu: number;
  address: string;
  master?: string;
  linkinfo?: { info_kind?: string; info_slave_data?: { isolated?: boolean } };
  addr_info?: { family: string; local: string; prefixlen: number; scope: string }[];
}

interface Route {
  dst: string;
  gateway?: string;
  dev: string;
  metrics?: { mtu?: number }[];
}

async function json<T>(place: Place, ...argv: string[]): Promise<T[]> {
  const { status, stdout, stderr } = await place.attempt(['ip', '-j', '-d', ...argv]);
  if (status !== 0) throw new Error(`ip ${argv.join(' ')}: ${stderr}`);
  return JSON.parse(stdout.trim() || '[]') as T[];
}

/** The elements that stand in the table, set by set; the ruleset's version is none of the network's. */
async function elements(host: Place): Promise<string[]> {
  const { stdout } = await host.attempt(['nft', 'list', 'table', 'inet', 'pontoon']);
  const sets = stdout.matchAll(/^\t(set|map) (\w+) \{[^}]*?elements = \{([^}]*)\}/gm);
  return [...sets]
    .filter(([, , name]) => name !== 'version')
    .map(([, kind, name, body = '']) => {
      const members = body
        .split(',')
        .map((element) => element.replaceAll(/\s+/g, ' ').replaceAll('"', '').trim());
      return `${kind} ${name} { ${members.toSorted().join(', ')} }`;
    });
}

async function links(place: Place): Promise<string[]> {
  const all = await json<Link>(place, 'address', 'show');
  return all
    .filter(({ ifname }) => ifname !== 'lo')
    .map(describeLink)
    .toSorted();
}

/** Without what is random, or the kernel's own: MAC addresses of the host's ends, link-local addresses. */
function describeLink({ ifname, mtu, master, flags, address, linkinfo = {}, addr_info = [] }: Link): string {
  const addresses = addr_info.filter(({ scope }) => scope === 'global');
  return [
    `${ifname}: ${linkinfo.info_kind ?? 'link'}, mtu ${mtu}`,
    ...(flags.includes('UP') ? [] : ['down']),
    ...(master ? [`port of ${master}`] : []),
    ...(linkinfo.info_slave_data?.isolated ? ['isolated'] : []),
    ...(ifname.startsWith('eth') ? [`mac ${address}`] : []),
    ...addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  ].join(', ');
}

async function routes(place: Place): Promise<string[]> {
  const families = await Promise.all(['-4', '-6'].map((family) => json<Route>(place, family, 'route')));
  return families
    .flat()
    .filter(({ dst }) => !dst.startsWith('fe80') && !dst.startsWith('ff'))
    .map(({ dst, gateway, dev, metrics = [] }) => {
      const mtu = metrics.find((metric) => metric.mtu)?.mtu;
      return [dst, ...(gateway ? [`via ${gateway}`] : []), `dev ${dev}`, ...(mtu ? [`mtu ${mtu}`] : [])].join(
        ' ',
      );
    });
}
