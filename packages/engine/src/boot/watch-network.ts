import type { Engine } from '../engine.ts';

/** Self-repair: what the kernel loses of the network is put back, logged, and told as an event. */
export function watchNetwork(engine: Engine): void {
  engine.network.watch((finding) => {
    engine.log('warn', 'network put right', { ...finding });
    const { kind, subject, problem, detail } = finding;
    engine.events.publish('network', 'repair', {
      id: subject,
      attributes: { kind, problem, detail, name: subject },
    });
  });
}
