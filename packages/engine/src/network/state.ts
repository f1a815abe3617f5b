import type { NetworkState } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { isRunning } from '../record.ts';
import { networkIntents } from './find.ts';
import { hasSandbox, sandboxOf } from './sandbox.ts';

/** All that the store wants of the kernel: what boot, and self-repair, compare it with. */
export function networkState(engine: Engine): NetworkState {
  const sandboxes = engine.store.containers
    .all()
    .filter((record) => isRunning(record) && hasSandbox(record))
    .map((record) => ({
      ...{ sandbox: sandboxOf(engine, record), running: true },
      ...{ endpoints: record.endpoints, attachments: record.attachments },
    }));
  return { networks: networkIntents(engine), sandboxes };
}
