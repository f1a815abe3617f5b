import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { Fault } from '@pontoon/fault';

/** A network namespace that plays a machine: its own interfaces, addresses, routes and firewall. */
export interface Machine {
  /** Name as `ip netns list` shows it. */
  readonly name: string;
  /** Where the namespace is pinned: `/run/netns/<name>`. */
  readonly path: string;
  /** Runs a command to its end; a status other than 0 is a Fault with what the command wrote to stderr. */
  run(argv: string[], options?: RunOptions): Promise<string>;
  /** Runs a command to its end and answers with all of it, whatever the status. */
  attempt(argv: string[], options?: RunOptions): Promise<Output>;
  /** Starts a command that goes on by itself; the lab ends it when it closes. */
  spawn(argv: string[], options?: SpawnOptions): ChildProcess;
}

export interface RunOptions {
  input?: string | Uint8Array;
  env?: NodeJS.ProcessEnv;
  /** After this the command is killed and the status is 137; 30 000 unless told. */
  timeout_ms?: number;
}

export interface Output {
  status: number;
  stdout: string;
  stderr: string;
}

/** `ip netns add NAME`, with its loopback up, and IPv6 addresses usable at once: nothing here can be a duplicate. */
export async function addMachine(name: string): Promise<Machine> {
  await run(['ip', 'netns', 'add', name]);
  const machine = machineNamed(name);
  await machine.run([
    'sysctl',
    '-qw',
    'net.ipv6.conf.default.accept_dad=0',
    'net.ipv6.conf.all.accept_dad=0',
  ]);
  await machine.run(['ip', 'link', 'set', 'lo', 'up']);
  return machine;
}

function machineNamed(name: string): Machine {
  const path = `/run/netns/${name}`;
  // nsenter and not `ip netns exec`: the latter mounts a /sys of its own, in which the cgroups are missing.
  const inside = (argv: string[]) => ['nsenter', `--net=${path}`, '--', ...argv];
  return {
    name,
    path,
    run: (argv, options) => run(inside(argv), options),
    attempt: (argv, options) => attempt(inside(argv), options),
    spawn: (argv, options = {}) => {
      const [file = '', ...rest] = inside(argv);
      return spawn(file, rest, { stdio: 'ignore', ...options });
    },
  };
}

export async function run(argv: string[], options?: RunOptions): Promise<string> {
  const output = await attempt(argv, options);
  if (output.status === 0) return output.stdout;
  throw new Fault('internal', `run "${argv.join(' ')}": status ${output.status}: ${output.stderr.trim()}`);
}

async function attempt(argv: string[], options: RunOptions = {}): Promise<Output> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, {
    env: { ...process.env, ...options.env },
    timeout: options.timeout_ms ?? 30_000,
    killSignal: 'SIGKILL',
  });
  const ended = Promise.withResolvers<number>();
  child.once('error', ended.reject);
  child.once('close', (code, signal) => ended.resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  child.stdin.on('error', () => {}); // a command may end without having read its input
  child.stdin.end(options.input ?? '');
  const [status, stdout, stderr] = await Promise.all([ended.promise, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}
