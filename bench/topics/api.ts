/** Much data, and many requests: lists, a long log, a large image. */

import { command } from '../../test/command.ts';
import { listRate } from '../api/lists.ts';
import { logRate, writeLog } from '../api/logs.ts';
import { openRegistry, pullTime, pushImage } from '../api/pull.ts';
import type { Contender } from '../contender.ts';
import { alternate } from '../measure.ts';
import { atLeast, atMost } from '../table.ts';
import type { Effort, Topic } from '../topic.ts';

type Medians = Map<string, number>;

async function lists(contenders: Contender[], { scaled }: Effort): Promise<Medians> {
  return alternate(contenders, scaled(3), (contender) => listRate(contender, 20));
}

async function logs(contenders: Contender[], { scaled }: Effort): Promise<Medians> {
  const ids = new Map<string, string>();
  for (const contender of contenders) ids.set(contender.name, await writeLog(contender));
  return alternate(contenders, scaled(3), (contender) => logRate(contender, ids.get(contender.name) ?? ''));
}

async function pulls(contenders: Contender[], { scaled }: Effort): Promise<Medians> {
  if ((await command(['sh', '-c', 'command -v docker-registry'])).code !== 0) return new Map();
  const folder = `${contenders[0]?.lab.directory}/registry`;
  for (const contender of contenders) await openRegistry(contender, folder);
  for (const contender of contenders.slice(0, 1)) await pushImage(contender);
  return alternate(contenders, scaled(3), pullTime);
}

export const api: Topic = {
  title: 'the API under load',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 360,
  measure: async (contenders, effort) => {
    const listed = await lists(contenders, effort);
    console.log('lists a second:', listed);
    const logged = await logs(contenders, effort);
    console.log('logs, MB/s:', logged);
    const pulled = await pulls(contenders, effort);
    const row = (title: string, medians: Medians, asked: (own: number, theirs: number) => string) => {
      const [own = Number.NaN, theirs = Number.NaN] = ['pontoon', 'dockerd'].map((name) => medians.get(name));
      return [title, own, theirs, asked(own, theirs)];
    };
    return {
      columns: ['', 'pontoon', 'dockerd', 'asked'],
      rows: [
        row('lists of 20 containers a second', listed, (own) => atLeast(1000, '', own)),
        row('`docker logs` of 100 MB, MB/s', logged, (own, theirs) => atLeast(theirs, " (dockerd's)", own)),
        row('`docker pull` of 200 MB, s', pulled, (own, theirs) => atMost(theirs, " (dockerd's)", own)),
      ],
      notes: [
        `Medians of ${effort.scaled(3)} rounds, alternating. Lists: 16 connections that are kept. Pull: five layers from Debian's docker-registry on the host's loopback.`,
      ],
    };
  },
};
