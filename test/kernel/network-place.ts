import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { type Lab, type LabOptions, type Machine, openLab, projectRoot } from '@pontoon/lab';
import {
  type EndpointIntent,
  macOf,
  type NetworkIntent,
  type PortRequest,
  type PublishedPort,
  type Sandbox,
} from '@pontoon/network';

/** A lab, and a HostNetwork in a process of its own in the lab's host: the host is where a process was started. */
export interface Place extends AsyncDisposable {
  lab: Lab;
  runRoot: string;
  /** Calls a verb of the HostNetwork. */
  call<T = unknown>(verb: string, ...args: unknown[]): Promise<T>;
  /** The same, with the milliseconds it took there. */
  timed(verb: string, ...args: unknown[]): Promise<number>;
  /** kill -9, and a new process on the same run root. */
  restart(): Promise<void>;
  /** Makes a network and returns its intent. */
  network(name: string, changes?: Partial<NetworkIntent>): Promise<NetworkIntent>;
  /** Starts a container's network: its sandbox and endpoint. */
  start(network: NetworkIntent, name: string, o?: StartOptions): Promise<Started>;
  stop(started: Started): Promise<void>;
  sandbox(name: string): Sandbox;
}

export interface StartOptions {
  ports?: PortRequest[];
  changes?: Partial<EndpointIntent>;
}

export interface Started {
  network: NetworkIntent;
  sandbox: Sandbox;
  endpoint: EndpointIntent;
  address: string;
  /** Runs a command in the container's network namespace. */
  run(argv: string[]): Promise<string>;
  /** A server that answers each connection with a text; it lives as long as the lab. */
  serve(port: number, text: string): Promise<void>;
  /** A server that gives each connection to a program, as its input and output. */
  listen(port: number, program: string[]): Promise<void>;
}

export const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

export const inside = (path: string, argv: string[]): string[] => ['nsenter', `--net=${path}`, '--', ...argv];

/** What a machine gets from a TCP server; empty where it is refused or not answered. */
export async function fetchFrom(
  machine: Machine,
  address: string,
  port: number,
  path?: string,
): Promise<string> {
  const argv = ['timeout', '2', 'busybox', 'nc', '-w', '1', address, `${port}`];
  const { stdout } = await machine.attempt(path ? inside(path, argv) : argv, { input: '' });
  return stdout.trim();
}

export async function openPlace(options: LabOptions = {}): Promise<Place> {
  const lab = await openLab(options);
  const runRoot = join(lab.directory, 'engine', 'run');
  let agent = await startAgent(lab, runRoot);
  const servers: ChildProcess[] = [];
  const sandbox = (name: string) => ({ containerId: idOf(name), path: join(runRoot, 'netns', idOf(name)) });
  const call: Place['call'] = async (verb, ...args) => (await agent.ask(verb, args)).result as never;
  const start: Place['start'] = async (network, name, { ports = [], changes } = {}) => {
    const addresses = [];
    for (const { family, subnet } of network.subnets) {
      const address = await call<string>('assignAddress', network, family);
      addresses.push({ family, address, prefixLength: Number(subnet.split('/')[1]) });
    }
    const published = await call<PublishedPort[]>('choosePorts', ports, network, addresses);
    const extension = await call<number | null>('assignBridge', network);
    const place = extension === null ? {} : { extension };
    const endpoint = { ...describe(network, name, addresses), ports: published, ...place, ...changes };
    await call('startSandbox', sandbox(name), [{ network, endpoint }]);
    return {
      network,
      sandbox: sandbox(name),
      endpoint,
      ...within(lab, sandbox(name).path, endpoint, servers),
    };
  };
  return {
    ...{ lab, runRoot, call, sandbox, start },
    timed: async (verb, ...args) => (await agent.ask(verb, args)).duration_ms,
    restart: async () => {
      await agent.kill();
      agent = await startAgent(lab, runRoot);
    },
    network: async (name, changes = {}) => {
      const network = describeNetwork(name, changes);
      await call('createNetwork', network);
      return network;
    },
    stop: async ({ sandbox: place, network, endpoint }) => {
      await call('stopSandbox', place, [{ network, endpoint }]);
      await call('releasePorts', endpoint.ports);
      for (const { address } of endpoint.addresses) await call('releaseAddress', network, address);
    },
    [Symbol.asyncDispose]: async () => {
      // Their namespaces may be gone by now: the lab would not find them.
      for (const server of servers) server.kill('SIGKILL');
      await agent.kill();
      await lab.close();
    },
  };
}

export function describeNetwork(name: string, changes: Partial<NetworkIntent> = {}): NetworkIntent {
  return {
    ...{ id: idOf(name), name, driver: 'bridge', bridge: `br-${idOf(name).slice(0, 12)}` },
    subnets: [{ family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
    ...{ internal: false, icc: true, masquerade: true, isDefault: false },
    ...changes,
  };
}

function describe(
  network: NetworkIntent,
  name: string,
  addresses: EndpointIntent['addresses'],
): EndpointIntent {
  const id = idOf(`${network.name}/${name}`);
  const gatewayOf = (family: number) => network.subnets.find((subnet) => subnet.family === family)?.gateway;
  const [gateway4, gateway6] = network.internal ? [] : [gatewayOf(4), gatewayOf(6)];
  return {
    ...{ id, networkId: network.id, containerId: idOf(name), interface: 'eth0', addresses, ports: [] },
    ...{ hostLink: `veth${id.slice(0, 7)}`, mac: macOf(addresses[0]!.address) },
    ...(gateway4 ? { gateway4 } : {}),
    ...(gateway6 ? { gateway6 } : {}),
  };
}

function within(
  lab: Lab,
  path: string,
  endpoint: EndpointIntent,
  servers: ChildProcess[],
): Pick<Started, 'address' | 'run' | 'serve' | 'listen'> {
  const listen: Started['listen'] = async (port, program) => {
    const argv = ['busybox', 'nc', '-ll', '-p', `${port}`, '-e', ...program];
    servers.push(lab.host.spawn(inside(path, argv), { stdio: 'ignore' }));
    await until(async () => {
      const { stdout } = await lab.host.attempt(inside(path, ['busybox', 'netstat', '-ltn']));
      return stdout.includes(`:${port} `);
    });
  };
  return {
    address: endpoint.addresses[0]!.address,
    run: (argv) => lab.host.run(inside(path, argv)),
    listen,
    serve: (port, text) => listen(port, ['echo', text]),
  };
}

/** Waits for a state that the kernel reaches by itself; a limit, so that a test fails instead of hanging. */
export async function until(holds: () => Promise<boolean>, limit_ms = 3000): Promise<void> {
  const deadline = performance.now() + limit_ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${limit_ms} ms: ${holds}`);
    await after(20);
  }
}

interface Agent {
  ask(verb: string, args: unknown[]): Promise<{ result?: unknown; duration_ms: number }>;
  kill(): Promise<void>;
}

async function startAgent(lab: Lab, runRoot: string): Promise<Agent> {
  const program = join(projectRoot, 'test/kernel/network-inside.ts');
  const child = lab.host.spawn([join(projectRoot, 'tools/node'), program, runRoot], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  await lines.next();
  return {
    ask: async (verb, args) => {
      child.stdin!.write(`${JSON.stringify({ verb, args })}\n`);
      const { value } = await lines.next();
      const reply = JSON.parse(value as string);
      if (reply.error) throw Object.assign(new Error(reply.error.message), { kind: reply.error.kind });
      return reply;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
