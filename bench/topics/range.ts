/** A range of a thousand ports: dockerd needs minutes for it. */
import { webServer } from '../../test/parts.ts';
import { connectTime } from '../connections.ts';
import { type Contender, processesIn, residentOf } from '../contender.ts';
import { timed } from '../measure.ts';
import { atLeast, atMost, times } from '../table.ts';
import type { Topic } from '../topic.ts';

interface Figures {
  start: number;
  end: number;
  one: number;
  last: number;
  memory: number;
  processes: number;
}

async function figures(contender: Contender): Promise<Figures> {
  const { docker, host } = contender;
  const run = (name: string, ports: string, server: number) =>
    timed(() => docker('run', '-d', '--name', name, '-p', ports, 'busybox', ...webServer(server)));
  await run('one', '8080:80', 80);
  const one = await connectTime(contender, 8080);
  await docker('rm', '-f', 'one');
  const memory = residentOf(contender.engineProcesses());
  await run('none', '8080:80', 80);
  const processes = processesIn(host).length;
  await docker('rm', '-f', 'none');
  const start = await run('many', '20000-20999:20000-20999', 20999);
  const more = processesIn(host).length - processes;
  const grown = residentOf(contender.engineProcesses()) - memory;
  const last = await connectTime(contender, 20999);
  const end = await timed(() => docker('rm', '-f', 'many'));
  return { start, end, one, last, memory: grown / 2 ** 20, processes: more };
}

const titles: [keyof Figures, string][] = [
  ['start', '`docker run -d -p …`, s'],
  ['end', '`docker rm -f`, s'],
  ['processes', 'more processes on the host than with one port'],
  ['memory', 'more memory of the daemon, MiB'],
  ['one', 'a connection to the one port published, µs'],
  ['last', 'a connection to the last of 1000, µs'],
];

/** dockerd's 148 s and 220 s are those of the machine that the issue was written on. */
function asked(own: Figures, theirs: Figures | undefined): Record<keyof Figures, string> {
  const faster = (key: 'start' | 'end') => theirs && times(theirs[key] / own[key]);
  return {
    start: `${atMost(148 / 500, ' s', own.start)} (here dockerd / ${faster('start') ?? '–'})`,
    end: `${atMost(220 / 500, ' s', own.end)} (here dockerd / ${faster('end') ?? '–'})`,
    processes: atMost(0, '', own.processes),
    memory: atMost(10, ' MiB', own.memory),
    one: '',
    last: `as with one: ${atLeast(0.9, '', own.one / own.last)}`,
  };
}

export const range: Topic = {
  title: '`-p 20000-20999:20000-20999`',
  contenders: ['pontoon', 'dockerd'],
  limit_s: 900,
  onlyByName: true,
  measure: async (contenders) => {
    const all = new Map<string, Figures>();
    for (const contender of contenders) all.set(contender.name, await figures(contender));
    const own = all.get('pontoon');
    const wanted = own && asked(own, all.get('dockerd'));
    return {
      columns: ['', ...all.keys(), 'asked'],
      rows: titles.map(([key, title]) => [
        ...[title, ...[...all.values()].map((one) => one[key])],
        wanted?.[key] ?? '',
      ]),
      notes: [
        'One start each: dockerd takes minutes. Times are those of the docker CLI. Connections from outside, median of 400.',
      ],
    };
  },
};
