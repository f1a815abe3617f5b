/**
 * Runs what concerns one thing one after another, in the order of the requests, and what concerns different things side
 * by side. A failure is its caller's alone: the next goes on.
 */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const before = this.#tails.get(key);
    const result = before ? before.then(work, work) : invoke(work);
    const tail = result.catch(() => undefined);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Resolves once all that is queued now is done. */
  async drained(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}

async function invoke<T>(work: () => Promise<T> | T): Promise<T> {
  return await work();
}
