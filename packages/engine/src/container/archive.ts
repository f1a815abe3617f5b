import type { Readable } from 'node:stream';
import type { FilesystemChange, PathStat } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { getArchive as archiveFrom, putArchive as extractInto, statPath } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { requireContainer } from './find.ts';

/** GET /containers/{id}/changes */
export async function containerChanges(engine: Engine, ref: string): Promise<FilesystemChange[]> {
  return engine.images.changes(requireContainer(engine, ref).id);
}

/** GET /containers/{id}/export */
export async function exportContainer(engine: Engine, ref: string): Promise<Readable> {
  const record = requireContainer(engine, ref);
  const stream = engine.images.export(record.id);
  containerEvent(engine, record, 'export');
  return stream;
}

/** HEAD /containers/{id}/archive */
export async function archiveStat(engine: Engine, ref: string, path: string): Promise<PathStat> {
  const record = requireContainer(engine, ref);
  return withRoot(engine, record, (root) => found(ref, path, () => statPath(root, path)));
}

/** GET /containers/{id}/archive */
export async function getArchive(
  engine: Engine,
  ref: string,
  path: string,
): Promise<{ stat: PathStat; stream: Readable }> {
  const record = requireContainer(engine, ref);
  const { root, leave } = enter(engine, record);
  try {
    const archive = found(ref, path, () => archiveFrom(root, path));
    archive.stream.once('close', leave);
    containerEvent(engine, record, 'archive-path');
    return archive;
  } catch (error) {
    leave();
    throw error;
  }
}

/** PUT /containers/{id}/archive */
export async function putArchive(
  engine: Engine,
  ref: string,
  path: string,
  source: Readable,
  o: { noOverwriteDirNonDir?: boolean; copyUIDGID?: boolean } = {},
): Promise<void> {
  const record = requireContainer(engine, ref);
  await withRoot(engine, record, (root) => found(ref, path, () => extractInto(root, path, source, o)));
  containerEvent(engine, record, 'extract-to-dir');
}

/** Docker's text where the path is not there (moby, daemon/archive_unix.go, containerFileNotFound). */
function found<T>(ref: string, path: string, work: () => T): T {
  const named = (error: unknown): never => {
    if (!(error instanceof Fault) || error.kind !== 'not-found') throw error;
    const shown = path.replace(/(.)\/+$/, '$1');
    throw new Fault('not-found', `Could not find the file ${shown} in container ${ref}`, { cause: error });
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(named) as T) : result;
  } catch (error) {
    return named(error);
  }
}

async function withRoot<T>(
  engine: Engine,
  record: ContainerRecord,
  run: (root: string) => T | Promise<T>,
): Promise<T> {
  const { root, leave } = enter(engine, record);
  try {
    return await run(root);
  } finally {
    leave();
  }
}

/** A running container's files as it sees them, volumes and all; of another the root file system, mounted meanwhile. */
function enter(
  engine: Engine,
  { id, state, ...record }: ContainerRecord,
): { root: string; leave: () => void } {
  if (isRunning({ id, state, ...record })) return { root: `/proc/${state.Pid}/root`, leave: () => undefined };
  if (engine.images.isMounted(id)) return { root: engine.images.rootfsPath(id), leave: () => undefined };
  const root = engine.images.mountRootfs(id);
  const leave = () => {
    // A start in the meantime has the mount now.
    const now = engine.store.containers.get(id);
    if (!now || now.state.Status === 'created' || now.state.Status === 'exited')
      engine.images.unmountRootfs(id);
  };
  return { root, leave };
}
