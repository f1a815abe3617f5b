import { messageOf } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { run } from './start.ts';

const FIRST_ms = 100;
const LONGEST_ms = 60_000;
/** A container that ran for so long is in order: the next wait is the shortest again. */
const IN_ORDER_ms = 10_000;

/** Whether a container that ended by itself is to be started again (docker-run(1), --restart). */
export function shouldRestart(record: ContainerRecord, exitCode: number): boolean {
  const { Name, MaximumRetryCount = 0 } = record.hostConfig.RestartPolicy ?? {};
  if (record.stoppedByUser) return false;
  if (Name === 'always' || Name === 'unless-stopped') return true;
  return (
    Name === 'on-failure' &&
    exitCode !== 0 &&
    (MaximumRetryCount === 0 || record.restartCount < MaximumRetryCount)
  );
}

/** Whether the daemon's start starts it: it does not run, and ended before or with the last daemon. */
export function startsAtBoot(record: ContainerRecord): boolean {
  const { Name } = record.hostConfig.RestartPolicy ?? {};
  if (record.state.Status === 'created') return false;
  if (Name === 'always') return true;
  if (Name === 'unless-stopped') return !record.stoppedByUser;
  return shouldRestart(record, record.state.ExitCode);
}

/** 100 ms, 200 ms, 400 ms, … up to a minute: moby, restartmanager. */
export function nextWait_ms(last_ms: number, ranFor_ms: number): number {
  if (last_ms === 0 || ranFor_ms >= IN_ORDER_ms) return FIRST_ms;
  return Math.min(last_ms * 2, LONGEST_ms);
}

export function scheduleRestart(engine: Engine, record: ContainerRecord, ranFor_ms: number): void {
  const live = engine.live.of(record.id);
  live.backOff_ms = nextWait_ms(live.backOff_ms, ranFor_ms);
  live.restartTimer = setTimeout(() => restart(engine, record.id), live.backOff_ms);
}

function restart(engine: Engine, id: string): void {
  void engine.queues
    .run(id, async () => {
      const record = engine.store.containers.get(id);
      if (record?.state.Status !== 'restarting') return;
      record.restartCount += 1;
      await run(engine, record);
    })
    .catch((error: unknown) => engine.log('warn', 'restart of a container', { id, error: messageOf(error) }));
}
