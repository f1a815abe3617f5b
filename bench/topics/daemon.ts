/** What the engine costs while it does nothing, and what each container adds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf, processorTimeOf, residentOf } from '../contender.ts';
import type { Topic } from '../topic.ts';

const containers = 20;
const idle_s = 20;

export const daemon: Topic = {
  title: 'an engine at rest',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const rows: (string | number)[][] = [];
    for (const { name, docker, engineProcesses, monitorProcesses } of contenders) {
      await sleep(3000); // what the first container left behind in the heap is let go of
      const resident = residentOf(engineProcesses());
      const used = processorTimeOf(engineProcesses());
      await sleep(idle_s * 1000);
      const busy = (processorTimeOf(engineProcesses()) - used) / idle_s;
      const share = memoryOf(engineProcesses());
      for (let count = 0; count < containers; count++)
        await docker('run', '-d', 'busybox', 'sleep', '100000');
      const monitors = residentOf(monitorProcesses()) / containers;
      const growth = (memoryOf(engineProcesses()) - share) / containers;
      rows.push([name, resident / 2 ** 20, busy * 100, monitors / 2 ** 20, growth / 2 ** 20]);
    }
    return {
      columns: [
        'engine',
        'idle, MiB resident',
        'idle, % of a processor',
        'monitor per container, MiB',
        'growth of the daemon per container, MiB',
      ],
      rows,
      notes: [
        'dockerd with its containerd. The monitor is conmon here and containerd-shim there.',
        `Processor time over ${idle_s} s; ${containers} containers that sleep.`,
      ],
    };
  },
};
