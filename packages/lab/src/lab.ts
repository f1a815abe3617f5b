import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, type EngineOptions, startEngine } from './engine.ts';
import { linkMachines } from './link.ts';
import { addMachine, type Machine } from './machine.ts';
import { labName, removeLab } from './sweep.ts';

export interface LabOptions {
  /** IPv6 beside IPv4: 2001:db8::2/64 for the host, 2001:db8::1 for the outside. */
  ipv6?: boolean;
  /** A router between host and outside; the outside is then 203.0.113.2 by way of 203.0.113.1. */
  router?: boolean;
  /** A second machine outside: 198.51.100.3/24 on a cable of its own, reached by way of the host's `uplink1`. */
  neighbour?: boolean;
  /** MTU of the host's uplink, and of the cable to the router. */
  mtu?: number;
}

/**
 * A small world of network namespaces, in which nothing touches the machine's own network:
 *
 *     outside 198.51.100.1/24 ── uplink0 198.51.100.2/24 host
 *     outside 203.0.113.2/24 ── 203.0.113.1 router 198.51.100.1/24 ── uplink0 198.51.100.2/24 host
 *
 * `await using lab = await openLab()` removes all that was made, processes, mounts and cgroups included, also when
 * the process ends by an exception, by SIGINT or by SIGTERM.
 */
export interface Lab extends AsyncDisposable {
  readonly name: string;
  readonly host: Machine;
  readonly outside: Machine;
  readonly router: Machine | undefined;
  readonly neighbour: Machine | undefined;
  /** Where the host's uplink and the outside's interface end. */
  readonly addresses: { host: string; outside: string; neighbour: string };
  /** A directory of the lab's own, gone with it. */
  readonly directory: string;
  /** Another machine; it goes with the lab. Join it with `linkMachines`. */
  addMachine(name: string): Promise<Machine>;
  /** A daemon in the host's namespace (or another machine's), once it answers. */
  startEngine(options?: EngineOptions): Promise<Engine>;
  close(): Promise<void>;
}

export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const name = labName(randomBytes(3).toString('hex'));
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  const closer = closeOnExit(name, directory);
  try {
    return await furnish(name, directory, options, closer);
  } catch (error) {
    await closer.close();
    throw error;
  }
}

async function furnish(name: string, directory: string, options: LabOptions, closer: Closer): Promise<Lab> {
  const add = (role: string) => addMachine(`${name}-${role}`);
  const [host, outside] = await Promise.all([add('host'), add('outside')]);
  const router = options.router ? await add('router') : undefined;
  const neighbour = options.neighbour ? await add('neighbour') : undefined;
  await cable(host, outside, router, options);
  if (neighbour) await cableNeighbour(host, neighbour);
  const addresses = {
    host: '198.51.100.2',
    outside: router ? '203.0.113.2' : '198.51.100.1',
    neighbour: '198.51.100.3',
  };
  return {
    ...{ name, directory, host, outside, router, neighbour, addresses, addMachine: add },
    startEngine: async (engineOptions = {}) => {
      const engine = await startEngine(engineOptions.machine ?? host, directory, engineOptions);
      closer.engines.add(engine);
      return engine;
    },
    close: closer.close,
    [Symbol.asyncDispose]: closer.close,
  };
}

async function cable(host: Machine, outside: Machine, router: Machine | undefined, options: LabOptions) {
  const six = (address: string) => (options.ipv6 ? [address] : []);
  const next = router ?? outside;
  await linkMachines(
    {
      ...{ machine: host, interface: 'uplink0', addresses: ['198.51.100.2/24', ...six('2001:db8::2/64')] },
      gateways: ['198.51.100.1', ...six('2001:db8::1')],
    },
    { machine: next, interface: 'eth0', addresses: ['198.51.100.1/24', ...six('2001:db8::1/64')] },
    options,
  );
  if (!router) return;
  await linkMachines(
    {
      ...{ machine: outside, interface: 'eth0', addresses: ['203.0.113.2/24', ...six('2001:db8:0:1::2/64')] },
      gateways: ['203.0.113.1', ...six('2001:db8:0:1::1')],
    },
    { machine: router, interface: 'eth1', addresses: ['203.0.113.1/24', ...six('2001:db8:0:1::1/64')] },
  );
  await router.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
}

async function cableNeighbour(host: Machine, neighbour: Machine) {
  await linkMachines(
    { machine: host, interface: 'uplink1', addresses: [] },
    {
      ...{ machine: neighbour, interface: 'eth0', addresses: ['198.51.100.3/24'] },
      gateways: ['198.51.100.2'],
    },
  );
  await host.run(['ip', 'route', 'add', '198.51.100.3/32', 'dev', 'uplink1', 'src', '198.51.100.2']);
}

interface Closer {
  engines: Set<Engine>;
  close: () => Promise<void>;
}

/** Removes the lab once: gently by `close`, at once where the process ends without having called it. */
function closeOnExit(name: string, directory: string): Closer {
  const engines = new Set<Engine>();
  const remove = () => {
    process.off('exit', remove);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    removeLab(name, directory);
    rmSync(directory, { recursive: true, force: true });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal); // with our listener gone the signal does what it always does
  };
  process.on('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await Promise.allSettled([...engines].map((engine) => engine.stop()));
    remove();
  };
  return { engines, close };
}
