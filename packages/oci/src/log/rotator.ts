import { type Rotation, rotate } from './rotation.ts';

/** A log grows past its limit by what a container writes in that time at most. */
const LOOK_ms = 1000;

/**
 * Looks at the size of logs that are to be rotated. conmon itself could only start a file anew and lose what was in
 * it, so it is told to reopen the log after this has moved it aside.
 */
export class Rotator {
  readonly #logs = new Map<string, Rotation>();
  readonly #reopen: (id: string) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(reopen: (id: string) => void) {
    this.#reopen = reopen;
  }

  add(id: string, log: Rotation): void {
    this.#logs.set(id, log);
    this.#timer ??= setInterval(() => this.look(), LOOK_ms).unref();
  }

  remove(id: string): void {
    this.#logs.delete(id);
    if (this.#logs.size === 0) this.close();
  }

  look(): void {
    for (const [id, log] of this.#logs) {
      try {
        if (rotate(log)) this.#reopen(id);
      } catch {
        // The container is ending or its log is gone; if neither, the next look finds it again.
      }
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
