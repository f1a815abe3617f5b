import type { ExitStatus } from '@pontoon/oci';

export interface Ended {
  exitCode: number;
  error?: string;
}

/** What is known of a container only while this process lives: who waits for it, its timers, its half-done steps. */
export interface LiveContainer {
  onExit: Set<(ended: Ended) => void>;
  onRemoved: Set<(ended: Ended) => void>;
  /** Clients that attached before the start: called between create and start, or with the reason of its failure. */
  onCreated: Set<(failure?: unknown) => void>;
  /** Between the runtime's start and the record's: an end that is faster is kept here for it. */
  starting: boolean;
  earlyExit?: ExitStatus;
  /** The tear-down of the last run; a start waits for it. */
  settled: Promise<void>;
  /** Until the next try of a restart policy. */
  restartTimer?: NodeJS.Timeout;
  /** Milliseconds until the try after that. */
  backOff_ms: number;
  /** Ends the health checks of this run. */
  stopHealth?: () => void;
}

export class Live {
  readonly #containers = new Map<string, LiveContainer>();

  of(id: string): LiveContainer {
    let found = this.#containers.get(id);
    if (!found) {
      found = {
        onExit: new Set(),
        onRemoved: new Set(),
        onCreated: new Set(),
        starting: false,
        settled: Promise.resolve(),
        backOff_ms: 0,
      };
      this.#containers.set(id, found);
    }
    return found;
  }

  /** The container is gone, and all who waited have been told. */
  forget(id: string): void {
    const found = this.#containers.get(id);
    clearTimeout(found?.restartTimer);
    found?.stopHealth?.();
    this.#containers.delete(id);
  }

  /** The daemon ends; containers go on. */
  stopTimers(): void {
    for (const { restartTimer, stopHealth } of this.#containers.values()) {
      clearTimeout(restartTimer);
      stopHealth?.();
    }
  }
}
