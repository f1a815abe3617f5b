/** What the engine costs while it does nothing, and what each container adds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, memoryOf, processorTimeOf, residentOf } from '../contender.ts';
import { startOne } from '../fill.ts';
import { atMost } from '../table.ts';
import type { Topic } from '../topic.ts';

const containers = 20;
const idle_s = 20;
const MiB = 2 ** 20;

async function row(contender: Contender): Promise<(string | number)[]> {
  const { name, engineProcesses, monitorProcesses } = contender;
  await sleep(3000); // what the first container left behind in the heap is let go of
  const resident = residentOf(engineProcesses()) / MiB;
  const used = processorTimeOf(engineProcesses());
  await sleep(idle_s * 1000);
  const busy = ((processorTimeOf(engineProcesses()) - used) / idle_s) * 100;
  const share = memoryOf(engineProcesses());
  for (let count = 0; count < containers; count++) await startOne(contender);
  const monitor = residentOf(monitorProcesses()) / containers / MiB;
  const growth = (memoryOf(engineProcesses()) - share) / containers / MiB;
  const asked = [
    `${atMost(110, ' MiB', resident)}, ${atMost(0, ' %', Math.round(busy * 10) / 10)}`,
    atMost(4, ' MiB a container', monitor + growth),
  ].join(', ');
  return [name, resident, busy, monitor, growth, name === 'pontoon' ? asked : ''];
}

export const daemon: Topic = {
  title: 'an engine at rest',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 150,
  measure: async (contenders) => {
    const rows: (string | number)[][] = [];
    for (const contender of contenders) rows.push(await row(contender));
    return {
      columns: [
        'engine',
        'idle, MiB resident',
        'idle, % of a processor',
        'monitor per container, MiB',
        'growth of the daemon per container, MiB',
        'asked',
      ],
      rows,
      notes: [
        'dockerd with its containerd. The monitor is conmon here and containerd-shim there.',
        `Processor time over ${idle_s} s; ${containers} containers that sleep.`,
      ],
    };
  },
};
