/**
 * Runs inside the lab's host, whose namespace is what a HostNetwork works on. Verbs come in as lines of JSON, and answers
 * go out as lines of JSON.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EndpointIntent, HostNetwork, macOf, type NetworkIntent, type Sandbox } from '@pontoon/network';

const [runRoot = '', bridge = 'pontoon0'] = process.argv.slice(2);
const findings: unknown[] = [];
const network = await HostNetwork.open({
  ...{ runRoot, bridge, pools: [], owner: 'test' },
  log: (level, text) => process.stderr.write(`${level}: ${text}\n`),
});

interface Member {
  sandbox: Sandbox;
  joined: { network: NetworkIntent; endpoint: EndpointIntent };
}

/** Many containers' networks on one network, without a conversation about each. */
function startMany(on: NetworkIntent, count: number): Member[] {
  return Array.from({ length: count }, (_, at) => {
    const containerId = `${at}`.padStart(64, 'c');
    const sandbox = { containerId, path: join(runRoot, 'netns', containerId) };
    const addresses = on.subnets.map(({ family, subnet }) => ({
      ...{ family, address: network.assignAddress(on, family), prefixLength: Number(subnet.split('/')[1]) },
    }));
    const extension = network.assignBridge(on);
    const endpoint: EndpointIntent = {
      ...{ id: `${at}`.padStart(64, 'e'), networkId: on.id, containerId, interface: 'eth0', addresses },
      ...{ hostLink: `veth${at}`, mac: macOf(addresses[0]!.address), gateway4: on.subnets[0]!.gateway },
      ...{ ports: [], ...(extension === undefined ? {} : { extension }) },
    };
    const joined = { network: on, endpoint };
    network.startSandbox(sandbox, [joined]);
    return { sandbox, joined };
  });
}

const extra: Record<string, (...args: never[]) => unknown> = {
  startWatching: () => network.watch((finding) => findings.push(finding)),
  findings: () => findings,
  startMany,
  stopMany: (crowd: Member[]) => {
    for (const { sandbox, joined } of crowd) network.stopSandbox(sandbox, [joined]);
  },
};

function run(verb: string, args: unknown[]): unknown {
  const own = extra[verb];
  if (own) return own(...(args as never[]));
  const method = network[verb as keyof HostNetwork] as (...values: unknown[]) => unknown;
  return method.apply(network, args);
}

function answer(line: string): object {
  const { verb, args } = JSON.parse(line) as { verb: string; args: unknown[] };
  const started_ms = performance.now();
  try {
    const result = run(verb, args);
    return { result: result ?? null, duration_ms: performance.now() - started_ms };
  } catch (error) {
    const { kind, message } = error as { kind?: string; message: string };
    return { error: { kind, message } };
  }
}

process.stdout.write('{}\n');
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);
}
network.close();
