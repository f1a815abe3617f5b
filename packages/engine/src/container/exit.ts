import { messageOf } from '@pontoon/fault';
import type { ExitStatus } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { closeSandbox } from '../network/sandbox.ts';
import { type ContainerRecord, isRunning, setStatus } from '../record.ts';
import { parseTime, timestamp } from '../time.ts';
import { removeRecord } from './remove.ts';
import { scheduleRestart, shouldRestart } from './restart-policy.ts';

/**
 * A container's first process has ended. Not queued: whoever stops the container waits for this inside the queue.
 */
export function containerExited(engine: Engine, id: string, exit: ExitStatus): void {
  const record = engine.store.containers.get(id);
  const live = engine.live.of(id);
  if (!record) return;
  if (live.starting) {
    live.earlyExit = exit;
    return;
  }
  delete live.earlyExit;
  if (!isRunning(record)) return;
  const ranFor_ms = exit.at.getTime() - millisecondsOf(record.state.StartedAt);
  const restarts = shouldRestart(record, exit.code);
  ended(engine, record, exit, restarts);
  tell(engine, record, exit, ranFor_ms);
  live.settled = settle(engine, id);
  if (restarts) scheduleRestart(engine, record, ranFor_ms);
  else if (record.hostConfig.AutoRemove) autoRemove(engine, id);
}

/** Of the network and the mounts nothing stays; the record says how it ended. */
function ended(engine: Engine, record: ContainerRecord, exit: ExitStatus, restarts: boolean): void {
  engine.live.of(record.id).stopHealth?.();
  setStatus(record, restarts ? 'restarting' : 'exited');
  Object.assign(record.state, {
    Pid: 0,
    ExitCode: exit.code,
    OOMKilled: exit.oom,
    FinishedAt: timestamp(BigInt(exit.at.getTime()) * 1_000_000n),
  });
  if (record.state.Health) record.state.Health.Status = 'unhealthy';
  closeSandbox(engine, record);
  try {
    engine.images.unmountRootfs(record.id);
  } catch (error) {
    engine.log('error', 'unmount of a root file system', { id: record.id, error: messageOf(error) });
  }
  engine.store.containers.note(record);
}

function tell(engine: Engine, record: ContainerRecord, exit: ExitStatus, ranFor_ms: number): void {
  if (exit.oom) containerEvent(engine, record, 'oom');
  containerEvent(engine, record, 'die', {
    execDuration: String(Math.max(0, Math.floor(ranFor_ms / 1000))),
    exitCode: String(exit.code),
  });
  forgetExecs(engine, record.id);
  for (const listener of [...engine.live.of(record.id).onExit]) listener({ exitCode: exit.code });
}

/** A client asks for an exec's exit code after its end, which can be the container's too. */
const EXEC_MEMORY_ms = 60_000;

function forgetExecs(engine: Engine, containerId: string): void {
  const forget = () => {
    for (const [id, exec] of engine.execs) {
      if (exec.containerId === containerId && !exec.running) engine.execs.delete(id);
    }
  };
  setTimeout(forget, EXEC_MEMORY_ms).unref();
}

/** What the runtime holds of the run that is over. */
function settle(engine: Engine, id: string): Promise<void> {
  return engine.containers.delete(id, { force: true }).catch((error: unknown) => {
    engine.log('error', 'removing what the runtime held', { id, error: messageOf(error) });
  });
}

function autoRemove(engine: Engine, id: string): void {
  void engine.queues
    .run(id, async () => {
      const record = engine.store.containers.get(id);
      if (record && !record.state.Running) await removeRecord(engine, record, { volumes: true });
    })
    .catch((error: unknown) => engine.log('error', 'auto-remove', { id, error: messageOf(error) }));
}

function millisecondsOf(time: string): number {
  return Number((parseTime(time) ?? 0n) / 1_000_000n);
}
