import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { type AttachedStreams, attachTo } from '../attach/streams.ts';
import type { Statistics } from '../cgroup/statistics.ts';
import { Rotator } from '../log/rotator.ts';
import { findProgram, type Runtime } from '../runtime/detect.ts';
import type { Resources } from '../spec/resources.ts';
import { type CreateOptions, createContainer } from './create.ts';
import { deleteContainer } from './delete.ts';
import { type ExecOptions, type ExecSession, execIn } from './exec.ts';
import { type ExitListener, type ExitStatus, Exits, readExit } from './exits.ts';
import { bundleOf, type Context, isAlive, placesOf, readRecord, requireRecord } from './record.ts';
import { startContainer } from './start.ts';
import {
  type ContainerState,
  killContainer,
  pauseContainer,
  processesOf,
  reopenLog,
  resizeTerminal,
  stateOfContainer,
  statisticsOf,
  updateContainer,
} from './state.ts';

/** @throws {Fault} unavailable, where it isn't installed */
export function findConmon(): string {
  const path = findProgram('conmon');
  if (path) return path;
  throw new Fault('unavailable', 'conmon not found: install it (Debian: apt-get install conmon)');
}

/**
 * The containers that an OCI runtime holds below one run root. Each has a conmon of its own, so all of them outlive
 * this object and its process; a new one finds them by their folders.
 */
export class Containers {
  readonly #context: Context;
  readonly #exits: Exits;
  readonly #rotator = new Rotator((id) => reopenLog(this.#context, id));

  /** @throws {Fault} unavailable where conmon isn't installed */
  constructor(o: { runtime: Runtime; runRoot: string; conmon?: string; log?: Context['log'] }) {
    this.#context = {
      ...o,
      conmon: o.conmon ?? findConmon(),
      log: o.log ?? (() => undefined),
      filters: new Map(),
    };
    for (const folder of ['bundles', 'exec', 'runtime', 'tty']) {
      mkdirSync(join(o.runRoot, folder), { recursive: true, mode: 0o700 });
    }
    this.#exits = new Exits(this.#context);
    this.#exits.add((id) => this.#rotator.remove(id));
    for (const id of this.list()) this.#rotates(id);
  }

  /** Up to the first instruction; `start` lets it go on. */
  async create(o: CreateOptions): Promise<{ pid: number }> {
    this.#exits.forget(o.id);
    const created = await createContainer(this.#context, o);
    this.#rotates(o.id);
    return created;
  }

  start(id: string): Promise<void> {
    return startContainer(this.#context, id);
  }

  /** Also between create and start, so that no output is missed. */
  attach(id: string, o: { stdin: boolean; detachKeys?: string }): AttachedStreams {
    const { terminal, stdin, leaveStdinOpen } = requireRecord(this.#context, id);
    const lingers = stdin && !leaveStdinOpen;
    return attachTo(placesOf(this.#context, id).attachSocket, {
      ...o,
      stdin: o.stdin && stdin,
      terminal,
      lingers,
    });
  }

  exec(id: string, o: ExecOptions): Promise<ExecSession> {
    return execIn(this.#context, id, o);
  }

  /** Of a container or an exec session. */
  resize(id: string, size: { rows: number; columns: number }): void {
    resizeTerminal(this.#context, id, size);
  }

  kill(id: string, signal: number | string): void {
    killContainer(this.#context, id, signal);
  }

  delete(id: string, o?: { force?: boolean }): Promise<void> {
    return deleteContainer(this.#context, this.#exits, id, o);
  }

  pause(id: string): Promise<void> {
    return pauseContainer(this.#context, id, true);
  }

  resume(id: string): Promise<void> {
    return pauseContainer(this.#context, id, false);
  }

  update(id: string, resources: Resources): Promise<void> {
    return updateContainer(this.#context, id, resources);
  }

  state(id: string): ContainerState | undefined {
    return stateOfContainer(this.#context, id);
  }

  processes(id: string): number[] {
    return processesOf(this.#context, id);
  }

  statistics(id: string): Statistics {
    return statisticsOf(this.#context, id);
  }

  /** Ids of all containers that the run root knows, running or not. */
  list(): string[] {
    return readdirSync(join(this.#context.runRoot, 'bundles'));
  }

  /** Each end once, while this object lives; ends before that are asked for with `exitOf`. */
  onExit(listener: ExitListener): () => void {
    return this.#exits.add(listener);
  }

  exitOf(id: string): ExitStatus | undefined {
    return readExit(this.#context, id);
  }

  /** Stops watching; the containers run on. */
  close(): void {
    this.#exits.close();
    this.#rotator.close();
  }

  #rotates(id: string): void {
    const record = readRecord(bundleOf(this.#context, id));
    if (record?.rotation && isAlive(record)) this.#rotator.add(id, record.rotation);
  }
}
