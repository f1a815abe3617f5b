import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@pontoon/fault';
import { isFrozen, setFrozen } from '../cgroup/freezer.ts';
import { type CgroupFolders, killCgroup, readText, removeCgroup } from '../cgroup/paths.ts';
import { runRuntime } from '../runtime/run.ts';
import { type Exits, hasExited } from './exits.ts';
import {
  bundleOf,
  type Context,
  exitsOf,
  foldersOf,
  isAlive,
  placesOf,
  readRecord,
  startTimeOf,
  stateOf,
} from './record.ts';

/** How long killed processes may take to leave. */
const PATIENCE_MS = 10_000;

/**
 * Removes all that the runtime and conmon hold of a container; one that is gone already is fine. What `crun delete`
 * does is done here without the process: groups and two folders are all that is left of an ended container.
 */
export async function deleteContainer(
  context: Context,
  exits: Exits,
  id: string,
  { force = false }: { force?: boolean } = {},
): Promise<void> {
  const record = readRecord(bundleOf(context, id));
  if (record) {
    const alive = isAlive(record);
    if (alive && !force)
      throw new Fault('conflict', `container ${id} is running: stop it or force its removal`);
    const folders = foldersOf(record);
    await empty(folders, id);
    await conmonEnds(context, id, folders);
  }
  if (context.runtime.kind === 'runc') await forget(context, id);
  for (const path of [stateOf(context, id), bundleOf(context, id), join(exitsOf(context), id)]) {
    rmSync(path, { recursive: true, force: true });
  }
  exits.forget(id);
}

/** conmon writes the exit file when it hears of the end: it must not appear after it was removed here. */
async function conmonEnds(context: Context, id: string, folders: CgroupFolders): Promise<void> {
  if (hasExited(context, id)) return;
  const pid = Number(readText(placesOf(context, id).conmonPidFile));
  const until = Date.now() + PATIENCE_MS;
  while (pid > 0 && startTimeOf(pid) !== undefined && !hasExited(context, id) && Date.now() < until) {
    // One that an engine left as it ended may only now have the container made.
    if (!removeCgroup(folders)) killCgroup(folders);
    await sleep(2);
  }
}

/** A process is out of its group only when it has been reaped: a moment after its death. */
async function empty(folders: CgroupFolders, id: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (let pause_ms = 1; !removeCgroup(folders); pause_ms = Math.min(pause_ms * 2, 50)) {
    if (Date.now() > until) throw new Fault('internal', `processes of container ${id} do not end`);
    if (isFrozen(folders)) await setFrozen(folders, false);
    killCgroup(folders);
    await sleep(pause_ms);
  }
}

async function forget(context: Context, id: string): Promise<void> {
  await runRuntime(context.runtime, ['delete', '--force', id]).catch((error: unknown) => {
    context.log('debug', 'runc delete', { id, error: String(error) });
  });
}
