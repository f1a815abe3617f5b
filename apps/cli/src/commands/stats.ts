import type { ContainerStats, EngineClient } from '@pontoon/api';
import { toggle } from '../flags/flag.ts';
import { listFormat } from '../output/formats.ts';
import { formatList } from '../output/list.ts';
import { emptyStatsRow, statsRow } from '../output/stats.ts';
import { anyNumber, type Context, defineVerb } from '../verb.ts';

const HEADINGS = {
  ...{
    Container: 'CONTAINER',
    ID: 'CONTAINER ID',
    Name: 'NAME',
    CPUPerc: 'CPU %',
    MemUsage: 'MEM USAGE / LIMIT',
  },
  ...{ MemPerc: 'MEM %', NetIO: 'NET I/O', BlockIO: 'BLOCK I/O', PIDs: 'PIDS' },
};
const COLUMNS = ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'];

interface Options {
  all: boolean;
  whole: boolean;
  format: string | undefined;
}

export const verb = defineVerb({
  usage: '[OPTIONS] [CONTAINER...]',
  flags: {
    all: toggle('a', 'Show all containers (default shows just running)'),
    format: listFormat,
    'no-stream': toggle('', 'Disable streaming stats and only pull the first result'),
    'no-trunc': toggle('', 'Do not truncate output'),
  },
  ...{ least: 0, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const options = { all: values.all, whole: values['no-trunc'], format: values.format };
    if (values['no-stream']) {
      const found = await Promise.all(
        (await chosen(engine, args, options.all)).map((id) => sample(engine, id)),
      );
      context.stdout.write(listing(found, options));
      return 0;
    }
    return await follow(context, engine, args, options);
  },
});

/** Once a second, in place on a terminal. Containers that come and go meanwhile do so here. */
async function follow(
  context: Context,
  engine: EngineClient,
  args: string[],
  options: Options,
): Promise<number> {
  const clear = context.stdout.isTTY ? '\x1b[H\x1b[J' : '';
  for (;;) {
    const found = await Promise.all(
      (await chosen(engine, args, options.all)).map((id) => sample(engine, id)),
    );
    context.stdout.write(clear + listing(found, options));
    // A sample takes the engine a second, the time between its two measurements; with none there is nothing to wait for.
    if (found.length === 0) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function chosen(engine: EngineClient, args: string[], all: boolean): Promise<string[]> {
  if (args.length > 0) return args;
  return (await engine.call('ContainerList', { query: { all } })).map((container) => container.Id);
}

async function sample(engine: EngineClient, id: string): Promise<ContainerStats> {
  return await engine.call('ContainerStats', { parameters: { id }, query: { stream: false } });
}

function listing(found: ContainerStats[], { whole, format }: Options): string {
  const rows = found.map((stats) =>
    stats.pids_stats.current ? statsRow(stats, whole) : emptyStatsRow(stats, whole),
  );
  return formatList({ rows, headings: HEADINGS, columns: COLUMNS }, format);
}
