import { startHealth } from '../container/health.ts';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { type ContainerRecord, isRunning, setStatus } from '../record.ts';
import { timestamp } from '../time.ts';

/** Where neither conmon nor anything else tells how it ended: the machine was restarted. */
const UNKNOWN_EXIT = 255;

/** Brings one record to what the runtime says of its container. */
export async function takeOver(engine: Engine, record: ContainerRecord): Promise<void> {
  const found = engine.containers.state(record.id);
  if (found?.status === 'running' || found?.status === 'paused') {
    adopt(engine, record, found);
    return;
  }
  const wasUp = isRunning(record) || record.state.Status === 'restarting';
  if (isRunning(record)) ended(engine, record);
  else if (record.state.Status === 'restarting') setStatus(record, 'exited');
  if (wasUp || record.endpoints.length > 0 || record.attachments.length > 0) {
    // The kernel's part of it is removed by the comparison that follows: no intent explains it any more.
    record.endpoints = [];
    record.attachments = [];
    engine.store.containers.save(record);
  }
  engine.images.unmountRootfs(record.id);
  if (found) await engine.containers.delete(record.id, { force: true });
}

/** It may have been started by the last daemon without that daemon having come to write it down. */
function adopt(engine: Engine, record: ContainerRecord, found: { status: string; pid: number }): void {
  if (!isRunning(record)) record.state.StartedAt = timestamp();
  setStatus(record, found.status === 'paused' ? 'paused' : 'running');
  record.state.Pid = found.pid;
  engine.store.containers.save(record);
  startHealth(engine, record);
}

function ended(engine: Engine, record: ContainerRecord): void {
  const exit = engine.containers.exitOf(record.id);
  setStatus(record, 'exited');
  Object.assign(record.state, {
    Pid: 0,
    ExitCode: exit?.code ?? UNKNOWN_EXIT,
    OOMKilled: exit?.oom ?? false,
    FinishedAt: exit ? timestamp(BigInt(exit.at.getTime()) * 1_000_000n) : timestamp(),
  });
  containerEvent(engine, record, 'die', { exitCode: String(record.state.ExitCode) });
}
