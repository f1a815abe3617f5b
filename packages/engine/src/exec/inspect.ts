import type { ExecInspect } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { requireExec } from './create.ts';

/** GET /exec/{id}/json */
export async function inspectExec(engine: Engine, id: string): Promise<ExecInspect> {
  const { body, ...session } = requireExec(engine, id);
  const [entrypoint = '', ...rest] = body.Cmd ?? [];
  return {
    ...{ ID: id, ContainerID: session.containerId, Running: session.running, ExitCode: session.exitCode },
    ProcessConfig: {
      ...{ tty: body.Tty ?? false, entrypoint, arguments: rest, privileged: body.Privileged ?? false },
      ...(body.User ? { user: body.User } : {}),
    },
    ...{ OpenStdin: body.AttachStdin ?? false, OpenStderr: body.AttachStderr ?? false },
    ...{ OpenStdout: body.AttachStdout ?? false, CanRemove: false, Pid: session.pid },
    DetachKeys: body.DetachKeys ?? '',
  };
}

/** POST /exec/{id}/resize */
export async function resizeExec(
  engine: Engine,
  id: string,
  size: { rows: number; columns: number },
): Promise<void> {
  requireExec(engine, id);
  engine.containers.resize(id, size);
}
