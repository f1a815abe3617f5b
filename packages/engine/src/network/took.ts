import type { Engine } from '../engine.ts';

/**
 * Does a step of the network and tells the debug log what it took, in milliseconds of the daemon: what a client sees
 * has the request, and at a container's start the runtime, on top.
 */
export function took<T>(engine: Engine, step: string, container: string, run: () => T): T {
  const began = performance.now();
  const tell = () =>
    engine.log('debug', step, { container, took_ms: (performance.now() - began).toFixed(2) });
  const result = run();
  if (result instanceof Promise) void result.then(tell, () => undefined);
  else tell();
  return result;
}
