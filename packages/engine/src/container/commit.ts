import type { ContainerConfig } from '@pontoon/api';
import type { RunConfiguration } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import type { ContainerRecord } from '../record.ts';
import { requireContainer } from './find.ts';

export interface CommitContainerOptions {
  reference?: string | undefined;
  /** Laid over the container's own configuration. */
  body?: ContainerConfig | null | undefined;
  author?: string | undefined;
  comment?: string | undefined;
  changes?: string[] | undefined;
  /** A running container stands still meanwhile, so that its files are of one moment. */
  pause?: boolean | undefined;
}

/** POST /commit */
export async function commitContainer(
  engine: Engine,
  ref: string,
  o: CommitContainerOptions = {},
): Promise<{ Id: string }> {
  const record = requireContainer(engine, ref);
  return engine.queues.run(record.id, async () => {
    const stopped = (o.pause ?? true) && record.state.Status === 'running';
    if (stopped) await engine.containers.pause(record.id);
    try {
      const Id = await commit(engine, record, o);
      containerEvent(engine, record, 'commit', {
        comment: o.comment ?? '',
        imageID: Id,
        imageRef: o.reference ?? '',
      });
      return { Id };
    } finally {
      if (stopped) await engine.containers.resume(record.id);
    }
  });
}

function commit(engine: Engine, record: ContainerRecord, o: CommitContainerOptions): Promise<string> {
  return engine.images.commit(record.id, {
    config: configOf(record.config, o.body ?? {}),
    createdBy: [record.path, ...record.args].join(' '),
    ...(o.reference ? { reference: o.reference } : {}),
    ...(o.author ? { author: o.author } : {}),
    ...(o.comment ? { message: o.comment } : {}),
    ...(o.changes?.length ? { changes: o.changes } : {}),
  });
}

const KEPT = [
  ...['User', 'ExposedPorts', 'Env', 'Cmd', 'Healthcheck', 'Volumes', 'WorkingDir', 'Entrypoint', 'OnBuild'],
  ...['Labels', 'StopSignal', 'Shell'],
] as const;

/** How containers of the new image will run: what of the container's configuration belongs to an image. */
function configOf(own: ContainerConfig, over: ContainerConfig): RunConfiguration {
  const entries = KEPT.flatMap((key) => {
    const value = over[key] ?? own[key];
    return value === undefined || value === null ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries) as RunConfiguration;
}
