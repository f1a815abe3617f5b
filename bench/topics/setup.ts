/** The network's share of a container's start, as the daemon's own clock has it. */
import type { Contender } from '../contender.ts';
import { fill, remove, startOne } from '../fill.ts';
import { median, percentile } from '../measure.ts';
import { atMost } from '../table.ts';
import { debugFlags, tookDuring } from '../took.ts';
import type { Topic } from '../topic.ts';

const limits_ms = new Map([
  [10, 4],
  [500, 8],
]);

function setups(pontoon: Contender, rounds: number): Promise<number[]> {
  return tookDuring(pontoon, 'network set up', async () => {
    for (let round = 0; round < rounds; round++) await remove(pontoon, await startOne(pontoon));
  });
}

export const setup: Topic = {
  title: 'network set-up of one bridge container inside the daemon, in milliseconds',
  contenders: ['pontoon'],
  limit_s: 300,
  flags: debugFlags,
  measure: async (contenders, { scaled }) => {
    const rows: (string | number)[][] = [];
    for (const pontoon of contenders) {
      await setups(pontoon, 10); // the code is compiled
      for (const [size, limit_ms] of limits_ms) {
        await fill(pontoon, scaled(size));
        const samples = await setups(pontoon, scaled(60));
        const middle = median(samples);
        rows.push([scaled(size), middle, percentile(samples, 0.9), atMost(limit_ms, ' ms', middle)]);
      }
    }
    return {
      columns: ['containers up', 'median', '90th percentile', 'asked'],
      rows,
      notes: [
        'From the choice of the address to the end of the last netlink request: intent written to disk, namespace, veth pair, bridge port, address, routes, rules. By the debug log of the daemon.',
        `${scaled(60)} starts one after the other; each container is removed before the next.`,
      ],
    };
  },
};
