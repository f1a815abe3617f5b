import { join } from 'node:path';

/** How conmon is to start the runtime: an absolute path, and what stands before the runtime's own verb. */
export interface RuntimeCommand {
  path: string;
  arguments: string[];
}

/** Files of one container (or one exec session) in its own folder below the run root. */
export interface Places {
  /** config.json, and conmon's attach socket and control fifo. */
  bundle: string;
  pidFile: string;
  conmonPidFile: string;
  attachSocket: string;
  controlFifo: string;
  /** Made by conmon when the kernel reports an out-of-memory kill. */
  oomFile: string;
}

export function placesIn(bundle: string): Places {
  return {
    bundle,
    pidFile: join(bundle, 'pid'),
    conmonPidFile: join(bundle, 'conmon.pid'),
    attachSocket: join(bundle, 'attach'),
    controlFifo: join(bundle, 'ctl'),
    oomFile: join(bundle, 'oom'),
  };
}

/** Where output is kept: conmon's k8s-file, or nowhere. */
export interface LogTarget {
  path: string;
  /** The file is moved aside once it is that large. */
  maxBytes?: number;
  /** Files kept, the current one included. With 1, the default, what was in a full file is lost. */
  maxFiles?: number;
}

export interface StdioOptions {
  terminal: boolean;
  stdin: boolean;
  /** Keep stdin open when a client goes; without it the first client's end of input is the process's. */
  leaveStdinOpen: boolean;
}

interface Common extends StdioOptions {
  id: string;
  runtime: RuntimeCommand;
  places: Places;
}

/** `conmon` for `create`: conmon(8). */
export function createArguments(o: Common & { exitDirectory: string; log: LogTarget | undefined }): string[] {
  // conmon starts a full file anew by itself; keeping old ones is up to the engine.
  const alone = (o.log?.maxFiles ?? 1) < 2;
  const limit = o.log?.maxBytes && alone ? ['--log-size-max', String(o.log.maxBytes)] : [];
  const log = o.log ? ['--log-path', `k8s-file:${o.log.path}`, ...limit] : ['--log-path', 'none'];
  return [...common(o), '--exit-dir', o.exitDirectory, ...log];
}

/** `conmon` for `exec`: the attach socket is there before the process starts. Output is not logged, as in Docker. */
export function execArguments(o: Common & { processFile: string }): string[] {
  const exec = ['--exec', '--exec-process-spec', o.processFile, '--exec-attach'];
  return [...common(o), ...exec, '--log-path', 'none'];
}

function common({ id, runtime, places, terminal, stdin, leaveStdinOpen }: Common): string[] {
  return [
    ...['--api-version', '1', '--cid', id, '--cuuid', id, '--name', id],
    ...['--runtime', runtime.path, ...runtime.arguments.flatMap((argument) => ['--runtime-arg', argument])],
    ...['--bundle', places.bundle, '--full-attach'],
    ...['--container-pidfile', places.pidFile, '--conmon-pidfile', places.conmonPidFile],
    // Docker's logs are not synced at exit either; a sync of a busy disk would hold up every exit.
    '--no-sync-log',
    ...(terminal ? ['--terminal'] : []),
    ...(stdin ? ['--stdin'] : []),
    ...(leaveStdinOpen ? ['--leave-stdin-open'] : []),
  ];
}
