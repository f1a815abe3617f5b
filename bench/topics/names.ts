/** The resolver of a user network, asked from one container by Debian's dnsperf. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, succeed } from '../../test/command.ts';
import type { Contender } from '../contender.ts';
import { percentile } from '../measure.ts';
import { inside, type Place, sleeping } from '../place.ts';
import { atLeast, atMost } from '../table.ts';
import type { Topic } from '../topic.ts';

const seconds = 5;
const rate = 20_000;

async function placeOf(contender: Contender): Promise<{ place: Place; questions: string }> {
  await contender.docker('network', 'create', 'grove');
  await sleeping(contender, '--name', 'target', '--network', 'grove');
  const place = await sleeping(contender, '--network', 'grove');
  const questions = join(contender.lab.directory, 'questions');
  writeFileSync(questions, 'target A\n');
  return { place, questions };
}

/** As many as it answers, with 64 on the way. */
async function mostAnswers(place: Place, questions: string): Promise<number> {
  const ask = ['dnsperf', '-s', '127.0.0.11', '-d', questions, '-l', `${seconds}`, '-q', '64'];
  const text = await succeed(inside(place, ask));
  const [, answered] = /Queries completed:\s+(\d+)/.exec(text) ?? [];
  const [, noError = '0'] = /NOERROR (\d+)/.exec(text) ?? [];
  if (noError !== answered) throw new Error(`not all were answers:\n${text}`);
  return Number(/Queries per second:\s+([\d.]+)/.exec(text)?.[1]);
}

/** The times of all answers, in milliseconds, while it is asked 20 000 times a second. */
async function answerTimes(place: Place, questions: string): Promise<number[]> {
  const ask = ['dnsperf', '-s', '127.0.0.11', '-d', questions, '-l', `${seconds}`];
  const text = await succeed(inside(place, [...ask, '-Q', `${rate}`, '-q', '1000', '-v']));
  return [...text.matchAll(/^> NOERROR \S+ A ([\d.]+)$/gm)].map(([, time]) => Number(time) * 1000);
}

export const names: Topic = {
  title: 'answers of the resolver on 127.0.0.11 to one container',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 120,
  measure: async (contenders) => {
    if ((await command(['sh', '-c', 'command -v dnsperf'])).code !== 0)
      throw new Error('dnsperf is missing: apt-get install dnsperf');
    const rows: (string | number)[][] = [];
    for (const contender of contenders) {
      const { place, questions } = await placeOf(contender);
      await mostAnswers(place, questions); // the code is compiled
      const most = await mostAnswers(place, questions);
      const times = await answerTimes(place, questions);
      const [middle, last] = [percentile(times, 0.5), percentile(times, 0.99)];
      const own = contender.name === 'pontoon';
      const asked = own ? `${atLeast(rate, ' a second', most)}, ${atMost(2, ' ms', last)}` : '';
      rows.push([contender.name, most, times.length / seconds, middle, last, asked]);
    }
    return {
      columns: [
        ...['engine', 'answers a second at most', `answers a second of ${rate} asked`],
        ...['median, ms', '99th percentile, ms', 'asked'],
      ],
      rows,
      notes: [
        `dnsperf in the container's network namespace, ${seconds} s each: first with 64 questions on the way, then with ${rate} a second, of which the times are. It takes a processor of its own.`,
      ],
    };
  },
};
