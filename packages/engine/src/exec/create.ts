import { randomBytes } from 'node:crypto';
import type { ExecCreateBody, ExecCreateResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import type { ContainerRecord, ExecRecord } from '../record.ts';

/** POST /containers/{id}/exec */
export async function createExec(
  engine: Engine,
  ref: string,
  body: ExecCreateBody,
): Promise<ExecCreateResponse> {
  const record = requireContainer(engine, ref);
  refuseState(record);
  const args = body.Cmd ?? [];
  if (args.length === 0) throw new Fault('invalid', 'No exec command specified');
  for (const text of body.Env ?? []) {
    if (text === '' || text.startsWith('='))
      throw new Fault('invalid', `invalid environment variable: ${text}`);
  }
  const id = randomBytes(32).toString('hex');
  const session: ExecRecord = {
    ...{ id, containerId: record.id, body, started: false, running: false, pid: 0, exitCode: null },
  };
  engine.execs.set(id, session);
  containerEvent(engine, record, `exec_create: ${args.join(' ')}`, { execID: id });
  return { Id: id };
}

/** moby, daemon/exec.go: getActiveContainer */
export function refuseState({ id, state }: ContainerRecord): void {
  if (state.Status === 'paused')
    throw new Fault('conflict', `container ${id} is paused, unpause the container before exec`);
  if (state.Status === 'restarting')
    throw new Fault('conflict', `container ${id} is restarting, wait until the container is running`);
  if (state.Status !== 'running') throw new Fault('conflict', `container ${id} is not running`);
}

/** @throws {Fault} not-found */
export function requireExec(engine: Engine, id: string): ExecRecord {
  const session = engine.execs.get(id);
  if (!session) throw new Fault('not-found', `No such exec instance: ${id}`);
  return session;
}
