import { Fault, messageOf } from '@pontoon/fault';
import { type AttachedStreams, StartFault } from '@pontoon/oci';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import type { ContainerRecord, ExecRecord } from '../record.ts';
import { refuseState, requireExec } from './create.ts';
import { execProcess } from './process.ts';

export interface StartExecOptions {
  /** Nobody listens: its output is lost. */
  detach?: boolean;
  terminal?: boolean;
  /** Rows and columns. */
  consoleSize?: [number, number] | null | undefined;
}

/**
 * POST /exec/{id}/start. What can be known to be wrong beforehand is thrown; the rest comes by the promise.
 * @returns whether it has a terminal, and the process's streams, unless detached
 */
export function startExec(
  engine: Engine,
  id: string,
  o: StartExecOptions = {},
): { terminal: boolean; started: Promise<AttachedStreams | undefined> } {
  const session = requireExec(engine, id);
  const record = requireContainer(engine, session.containerId);
  if (session.started) {
    const text = session.running ? 'is already running' : 'has already run';
    throw new Fault('conflict', `Error: Exec command ${id} ${text}`);
  }
  refuseState(record);
  session.started = true;
  const started = run(engine, record, session, o).catch((error: unknown) => {
    session.running = false;
    const fault = error instanceof StartFault ? error : new StartFault(messageOf(error), 126, error);
    session.exitCode = fault.exitCode;
    throw fault;
  });
  return { terminal: session.body.Tty ?? false, started };
}

async function run(engine: Engine, record: ContainerRecord, session: ExecRecord, o: StartExecOptions) {
  const { body } = session;
  const attach = !o.detach;
  const started = await engine.containers.exec(record.id, {
    execId: session.id,
    process: execProcess(record, body, o.consoleSize),
    terminal: body.Tty ?? false,
    stdin: attach && (body.AttachStdin ?? false),
    attach,
    ...(body.DetachKeys ? { detachKeys: body.DetachKeys } : {}),
  });
  session.pid = started.pid;
  session.running = true;
  containerEvent(engine, record, `exec_start: ${(body.Cmd ?? []).join(' ')}`, { execID: session.id });
  void started.exited.then((code) => {
    session.running = false;
    session.exitCode = code;
    containerEvent(engine, record, 'exec_die', { execID: session.id, exitCode: String(code) });
  });
  return started.streams;
}
