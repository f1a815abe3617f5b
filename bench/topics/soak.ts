/** Many clients for a long time: nothing is lost, and nothing grows. */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, residentOf } from '../contender.ts';
import { must } from '../fill.ts';
import { median } from '../measure.ts';
import { attachMany } from '../soak/attached.ts';
import { askLists, runShort } from '../soak/load.ts';
import { atMost } from '../table.ts';
import type { Effort, Topic } from '../topic.ts';

const clients = 200;
const talking = 20;
const parallel = 64;
const listRate = 1000;
const defaultMinutes = 2;

interface Sample {
  memory: number;
  descriptors: number;
}

function sampleOf({ engineProcesses }: Contender): Sample {
  const pids = engineProcesses();
  const descriptors = pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
  return { memory: residentOf(pids) / 2 ** 20, descriptors };
}

async function sampled(contender: Contender, ended: () => boolean): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (!ended()) {
    await sleep(2000);
    samples.push(sampleOf(contender));
  }
  return samples;
}

/** Medians of the second and of the last quarter: the first is where caches and heap find their size. */
function growth(samples: Sample[], key: keyof Sample): [number, number] {
  const quarter = Math.ceil(samples.length / 4);
  const values = samples.map((sample) => sample[key]);
  return [median(values.slice(quarter, 2 * quarter)), median(values.slice(-quarter))];
}

async function measure(contender: Contender, minutes: number): Promise<(string | number)[][]> {
  const attached = await attachMany(contender, talking, clients);
  const before = sampleOf(contender);
  const end = performance.now() + minutes * 60_000;
  const ended = (): boolean => performance.now() > end;
  const [samples, short, lists] = await Promise.all([
    sampled(contender, ended),
    runShort(contender, parallel, ended),
    askLists(contender, listRate, ended),
  ]);
  const seconds = minutes * 60;
  const left = (await must(contender, 'GET', '/containers/json?all=1')).length - talking;
  await sleep(5000);
  const after = sampleOf(contender);
  attached.close();
  const problems = [...attached.problems, ...short.problems, ...lists.problems];
  for (const problem of problems.slice(0, 20)) console.log(problem);
  const [early, late] = growth(samples, 'memory');
  const [opened, open] = growth(samples, 'descriptors');
  return [
    [`lines to ${clients} attached clients, a second`, attached.lines() / seconds, ''],
    [`containers run and removed, ${parallel} at once, a second`, short.done / seconds, ''],
    ['lists a second', lists.done / seconds, `${listRate} are offered`],
    ['lost or wrong lines, statuses, outputs and lists', problems.length, atMost(0, '', problems.length)],
    ['containers left over', left, atMost(0, '', left)],
    ['memory in the second quarter, MiB', early, ''],
    ['memory in the last quarter, MiB', late, `no growth: ${atMost(early * 1.1, '', late)}`],
    ['descriptors in the second quarter', opened, ''],
    ['descriptors in the last quarter', open, `no growth: ${atMost(opened * 1.1, '', open)}`],
    [
      'descriptors after it, more than before it',
      after.descriptors - before.descriptors,
      atMost(0, '', after.descriptors - before.descriptors),
    ],
  ];
}

export const soak: Topic = {
  title: 'many clients at once',
  contenders: ['pontoon'],
  limit_s: 180,
  onlyByName: true,
  measure: async (contenders, effort: Effort) => {
    const minutes = effort.minutes ?? defaultMinutes;
    const rows: (string | number)[][] = [];
    for (const contender of contenders) rows.push(...(await measure(contender, minutes)));
    return {
      columns: ['', 'figure', 'asked'],
      rows,
      notes: [
        `${minutes} minutes; ${clients} clients attached to ${talking} containers that write a numbered line every 0.1 s; the load and the engine share the machine's processors.`,
      ],
    };
  },
};
