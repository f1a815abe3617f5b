/**
 * An engine under test, in a lab of its own: Pontoon's daemon, or dockerd as the oracle (`npm run test:oracle`), with
 * the clients that users have. One a test file: files share nothing and run side by side.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EngineOptions,
  type Lab,
  type LabOptions,
  type Machine,
  openLab,
  projectRoot,
} from '@pontoon/lab';
import { type Answer, type ApiRequest, api } from './api.ts';
import { type CommandOptions, command, type Result, succeed } from './command.ts';
import { openRelay, type Relay } from './contract/relay.ts';
import { startDockerd } from './dockerd.ts';

export interface EngineUnderTest {
  readonly kind: 'pontoon' | 'dockerd';
  readonly isOracle: boolean;
  readonly lab: Lab;
  /** The machine that the engine takes for its host. */
  readonly host: Machine;
  readonly outside: Machine;
  readonly socket: string;
  readonly dataRoot: string;
  readonly runRoot: string;
  /** The default bridge's link. */
  readonly bridge: string;
  /** Of the daemon that runs now. */
  readonly pid: number;
  /** The docker CLI; must succeed; answers with stdout less its last line feed. */
  docker(...argv: string[]): Promise<string>;
  /** The docker CLI, whatever comes of it. */
  attempt(argv: string[], options?: CommandOptions): Promise<Result>;
  /** Pontoon's own CLI. */
  pontoon(...argv: string[]): Promise<string>;
  attemptPontoon(argv: string[], options?: CommandOptions): Promise<Result>;
  /** argv of a client with the engine's address, for terminals and long runs. */
  client(name: ClientName): { argv: string[]; environment: Record<string, string> };
  api(method: string, path: string, what?: ApiRequest): Promise<Answer>;
  /** With `contract`: what the daemon answered to these clients, compared with the API's description. */
  readonly contract: Relay | undefined;
  /** What the daemon wrote. */
  readonly log: string;
  /** kill -9 of the daemon; its containers stay. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** A daemon on the same roots again. */
  start(options?: EngineOptions): Promise<void>;
  close(): Promise<void>;
}

export type ClientName = 'docker' | 'pontoon';

/** A daemon that runs, whichever engine's. */
export interface Daemon {
  readonly socket: string;
  readonly dataRoot: string;
  readonly runRoot: string;
  readonly pid: number;
  readonly log: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export const isOracle = process.env.PONTOON_TEST_ENGINE === 'dockerd';

/** For a title's options: what dockerd does not do, or does in another way that is no model. */
export function pontoonOnly(reason: string): { skip: string | false } {
  return { skip: isOracle && `dockerd: ${reason}` };
}

/** The docker CLI, where the machine has one. Without it Pontoon's own, which takes and prints the same, stands in. */
const dockerPath =
  process.env.PONTOON_TEST_DOCKER ??
  ['/usr/local/bin/docker', '/usr/bin/docker'].find((path) => existsSync(path));
const pontoonPath = join(projectRoot, 'pontoon');

/** The clients to try one after the other, where a test is about the client itself. */
export const clientNames: ClientName[] = isOracle
  ? ['docker']
  : dockerPath
    ? ['docker', 'pontoon']
    : ['pontoon'];

export type UnderTestOptions = EngineOptions & {
  /** Clients and `api` come through a relay that compares each answer with the API's description: `close` fails. */
  contract?: boolean;
};

/** Every file's answers are compared where this is set; dockerd's own are never. */
const contractAlways = process.env.PONTOON_TEST_CONTRACT !== undefined;

export async function openEngine(
  options: UnderTestOptions & { lab?: LabOptions } = {},
): Promise<EngineUnderTest> {
  const lab = await openLab(options.lab);
  try {
    return await engineIn(lab, options);
  } catch (error) {
    await lab.close();
    throw error;
  }
}

/** Another engine in a lab that is there already. */
export async function engineIn(
  lab: Lab,
  { contract = contractAlways, ...options }: UnderTestOptions = {},
): Promise<EngineUnderTest> {
  const launch = (more: EngineOptions = {}): Promise<Daemon> =>
    isOracle ? startDockerd(lab, { ...options, ...more }) : lab.startEngine({ ...options, ...more });
  let daemon = await launch();
  const relay = contract && !isOracle ? await openRelay(relayPath(lab), () => daemon.socket) : undefined;
  const socket = relay?.socket ?? daemon.socket;
  const environment = {
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: join(lab.directory, 'docker-config'),
    PONTOON_HOST: `unix://${socket}`,
    NO_COLOR: '1',
  };
  const clients: Record<ClientName, string[]> = {
    docker: [dockerPath ?? pontoonPath],
    pontoon: [pontoonPath],
  };
  const attempt = (name: ClientName, argv: string[], more: CommandOptions = {}): Promise<Result> =>
    command([...clients[name], ...argv], { ...more, environment: { ...environment, ...more.environment } });
  const must = (name: ClientName, argv: string[]): Promise<string> =>
    succeed([...clients[name], ...argv], { environment });
  return {
    kind: isOracle ? 'dockerd' : 'pontoon',
    isOracle,
    lab,
    host: options.machine ?? lab.host,
    outside: lab.outside,
    socket: daemon.socket,
    dataRoot: daemon.dataRoot,
    runRoot: daemon.runRoot,
    bridge: isOracle ? 'docker0' : 'pontoon0',
    get pid() {
      return daemon.pid;
    },
    get log() {
      return daemon.log;
    },
    docker: (...argv) => must('docker', argv),
    attempt: (argv, more) => attempt('docker', argv, more),
    pontoon: (...argv) => must('pontoon', argv),
    attemptPontoon: (argv, more) => attempt('pontoon', argv, more),
    client: (name) => ({ argv: clients[name], environment }),
    api: (method, path, what) => api(socket, method, path, what),
    contract: relay,
    kill: () => daemon.kill(),
    stop: () => daemon.stop(),
    start: async (more) => {
      daemon = await launch(more);
    },
    close: async () => {
      relay?.close();
      await lab.close();
      assert.deepEqual([...(relay?.deviations ?? [])], [], 'answers are not as the API describes them');
    },
  };
}

let relays = 0;

/** A lab may hold several engines. */
function relayPath(lab: Lab): string {
  return join(lab.directory, `contract-${relays++}.sock`);
}
