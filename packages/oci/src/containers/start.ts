import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { runRuntime } from '../runtime/run.ts';
import { type Context, stateOf } from './record.ts';

/** Lets a created container's process run. */
export async function startContainer(context: Context, id: string): Promise<void> {
  if (context.runtime.kind === 'crun') openGate(join(stateOf(context, id), 'exec.fifo'), id);
  else await runRuntime(context.runtime, ['start', id]);
}

/**
 * What `crun start` does, less the process: the container waits for a byte on a fifo, which is then gone
 * (libcrun/status.c, libcrun_status_write_exec_fifo). It saves 5 ms of every start.
 */
function openGate(fifo: string, id: string): void {
  let descriptor: number;
  try {
    // Without a reader a blocking open would wait for ever: fifo(7).
    descriptor = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Fault('conflict', `container ${id} is not waiting to be started`, { cause: error });
  }
  try {
    unlinkSync(fifo);
    writeSync(descriptor, Buffer.alloc(1));
  } finally {
    closeSync(descriptor);
  }
}
