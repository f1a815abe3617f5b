import { Fault, messageOf } from '@pontoon/fault';
import { buildSpec, StartFault } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { writeNetworkFiles } from '../network/files.ts';
import { closeSandbox, hasSandbox, openSandbox } from '../network/sandbox.ts';
import { type ContainerRecord, isRunning, NEVER, setStatus } from '../record.ts';
import { type Place, specInput } from '../spec/input.ts';
import { timestamp } from '../time.ts';
import { prepareSources } from '../volume/fill.ts';
import { containerExited } from './exit.ts';
import { requireContainer } from './find.ts';
import { startHealth } from './health.ts';
import { networkOwner } from './joined.ts';
import { logTarget } from './log-target.ts';
import { namespacePath } from './places.ts';
import { removeRecord } from './remove.ts';

/**
 * POST /containers/{id}/start.
 * @throws {Fault} not-modified where it runs, conflict, and whatever keeps it from running
 */
export function startContainer(engine: Engine, ref: string): Promise<void> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, () => startAsked(engine, requireContainer(engine, id)));
}

async function startAsked(engine: Engine, record: ContainerRecord): Promise<void> {
  if (record.state.Status === 'paused') {
    throw new Fault('conflict', 'cannot start a paused container, try unpause instead');
  }
  if (record.state.Running) throw new Fault('not-modified', '');
  if (record.state.Status === 'removing' || record.state.Status === 'dead') {
    throw new Fault('conflict', 'container is marked for removal and cannot be started');
  }
  record.restartCount = 0;
  engine.live.of(record.id).backOff_ms = 0;
  await run(engine, record);
}

/** From whatever it is to running; called in the container's queue only. */
export async function run(engine: Engine, record: ContainerRecord): Promise<void> {
  const live = engine.live.of(record.id);
  await live.settled;
  try {
    await createProcess(engine, record);
    for (const created of [...live.onCreated]) created();
    live.starting = true;
    await engine.containers.start(record.id);
    running(engine, record);
  } catch (error) {
    await undo(engine, record, error);
    throw error;
  } finally {
    live.starting = false;
  }
  startHealth(engine, record);
  if (live.earlyExit) containerExited(engine, record.id, live.earlyExit);
}

/** Everything up to the first instruction. */
async function createProcess(engine: Engine, record: ContainerRecord): Promise<void> {
  const rootfs = engine.images.mountRootfs(record.id);
  await prepareSources(record.mounts, rootfs);
  const { Tty = false, OpenStdin = false, StdinOnce = false } = record.config;
  const log = logTarget(engine, record);
  const { pid } = await engine.containers.create({
    id: record.id,
    spec: () => buildSpec(specInput(engine, record, { rootfs, ...joinNetwork(engine, record) })),
    terminal: Tty,
    stdin: OpenStdin,
    stdinOnce: StdinOnce,
    ...(log ? { log } : {}),
  });
  record.state.Pid = pid;
}

/** Its own network, made now, or the one that it shares. */
function joinNetwork(engine: Engine, record: ContainerRecord): Pick<Place, 'network' | 'owner'> {
  const owner = networkOwner(engine, record);
  if (owner !== record) {
    return { owner, network: hasSandbox(owner) ? namespacePath(engine, owner.id) : 'host' };
  }
  const network = openSandbox(engine, record);
  writeNetworkFiles(engine, record);
  return { owner, network };
}

function running(engine: Engine, record: ContainerRecord): void {
  setStatus(record, 'running');
  Object.assign(record.state, {
    ExitCode: 0,
    Error: '',
    OOMKilled: false,
    StartedAt: timestamp(),
    FinishedAt: NEVER,
  });
  record.stoppedByUser = false;
  engine.store.containers.save(record);
  containerEvent(engine, record, 'start');
}

/** Nothing of the attempt stays but its reason, in the record. */
async function undo(engine: Engine, record: ContainerRecord, error: unknown): Promise<void> {
  const { id } = record;
  const live = engine.live.of(id);
  for (const created of [...live.onCreated]) created(error);
  await engine.containers.delete(id, { force: true }).catch((cause: unknown) => {
    engine.log('error', 'undo of a failed start', { id, error: messageOf(cause) });
  });
  engine.images.unmountRootfs(id);
  closeSandbox(engine, record);
  const wasRestarting = record.state.Status === 'restarting' || isRunning(record);
  if (wasRestarting) setStatus(record, 'exited');
  record.state.Pid = 0;
  record.state.ExitCode = error instanceof StartFault ? error.exitCode : 128;
  record.state.Error = messageOf(error);
  engine.store.containers.save(record);
  const end = { exitCode: record.state.ExitCode, error: record.state.Error };
  if (wasRestarting) for (const ended of [...live.onExit]) ended(end);
  if (record.hostConfig.AutoRemove) await removeRecord(engine, record, { volumes: true });
}
