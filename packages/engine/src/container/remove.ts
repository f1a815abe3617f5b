import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, messageOf } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { closeSandbox } from '../network/sandbox.ts';
import { type ContainerRecord, isRunning, setStatus } from '../record.ts';
import { discardVolume, usersOfVolume } from '../volume/discard.ts';
import { requireContainer } from './find.ts';
import { containerFolder } from './places.ts';
import { ended } from './wait.ts';

export interface RemoveOptions {
  force?: boolean;
  volumes?: boolean;
  /** Remove a legacy link instead of the container. */
  link?: boolean;
}

/**
 * DELETE /containers/{id}.
 * @throws {Fault} not-found; conflict where it runs and is not to be forced
 */
export function removeContainer(engine: Engine, ref: string, o: RemoveOptions = {}): Promise<void> {
  if (o.link) throw new Fault('not-implemented', 'legacy links between containers are not supported');
  const { id, state } = requireContainer(engine, ref);
  if (state.Status === 'removing') {
    throw new Fault('conflict', `removal of container ${ref} is already in progress`);
  }
  return engine.queues.run(id, async () => {
    // Removed by a request before this one (or by itself): what was asked for is so.
    const record = engine.store.containers.get(id);
    if (!record) return;
    await makeStopped(engine, record, o.force ?? false);
    if (engine.store.containers.get(id)) await removeRecord(engine, record, o);
  });
}

async function makeStopped(engine: Engine, record: ContainerRecord, force: boolean): Promise<void> {
  const { Status } = record.state;
  if (Status === 'restarting') {
    if (!force)
      throw refusal(record, 'container is restarting: stop the container before removing or force remove');
    clearTimeout(engine.live.of(record.id).restartTimer);
    setStatus(record, 'exited');
    return;
  }
  if (!isRunning(record)) return;
  if (!force) {
    throw refusal(
      record,
      Status === 'paused'
        ? 'container is paused and must be unpaused first'
        : 'container is running: stop the container before removing or force remove',
    );
  }
  record.stoppedByUser = true;
  const over = ended(engine, record.id);
  engine.containers.kill(record.id, 'SIGKILL');
  containerEvent(engine, record, 'kill', { signal: '9' });
  if (Status === 'paused') await engine.containers.resume(record.id);
  await over;
}

function refusal(record: ContainerRecord, why: string): Fault {
  return new Fault('conflict', `cannot remove container "/${record.name}": ${why}`);
}

/** All that there is of a container that does not run; in its queue only. Goes on at errors: the next boot ends it. */
export async function removeRecord(
  engine: Engine,
  record: ContainerRecord,
  o: { volumes?: boolean },
): Promise<void> {
  const { id } = record;
  setStatus(record, 'removing');
  engine.store.containers.note(record);
  const live = engine.live.of(id);
  await live.settled;
  const errors: unknown[] = [];
  const attempt = async (step: () => unknown) => {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(() => engine.containers.delete(id, { force: true }));
  if (record.endpoints.length > 0) closeSandbox(engine, record);
  await attempt(() => engine.images.removeRootfs(id));
  await attempt(() => rmSync(containerFolder(engine, id), { recursive: true, force: true }));
  if (errors.length === 0) await attempt(() => forget(engine, id));
  if (errors.length > 0) return fail(engine, record, errors);
  if (o.volumes) await attempt(() => discardAnonymous(engine, record));
  containerEvent(engine, record, 'destroy');
  for (const removed of [...live.onRemoved]) removed({ exitCode: record.state.ExitCode });
  engine.live.forget(id);
  for (const [execId, exec] of engine.execs) if (exec.containerId === id) engine.execs.delete(execId);
}

/** On a full disk the files that have just gone make room for this, but some file systems free them a moment later. */
async function forget(engine: Engine, id: string): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      engine.store.containers.remove(id);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await sleep(100);
    }
  }
}

function fail(engine: Engine, record: ContainerRecord, errors: unknown[]): never {
  setStatus(record, 'dead');
  record.state.Error = errors.map(messageOf).join('; ');
  engine.store.containers.note(record);
  throw new Fault('internal', `remove container ${record.id}: ${record.state.Error}`, { cause: errors[0] });
}

function discardAnonymous(engine: Engine, { mounts }: ContainerRecord): void {
  for (const { Name, anonymous } of mounts) {
    if (Name && anonymous && usersOfVolume(engine, Name).length === 0) discardVolume(engine, Name);
  }
}
