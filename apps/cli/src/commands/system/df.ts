import type { DiskUsage } from '@pontoon/api';
import { toggle } from '../../flags/flag.ts';
import { listFormat } from '../../output/formats.ts';
import { humanSize } from '../../output/human.ts';
import { formatList, type Row } from '../../output/list.ts';
import { alignColumns } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';

const HEADINGS = {
  ...{ Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' },
};

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: { format: listFormat, verbose: toggle('v', 'Show detailed information on space usage') },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const usage = await (await context.engine()).call('SystemDataUsage');
    const columns = ['Type', 'TotalCount', 'Active', 'Size', 'Reclaimable'];
    const text = values.verbose
      ? details(usage)
      : formatList({ rows: rowsOf(usage), headings: HEADINGS, columns }, values.format);
    context.stdout.write(text);
    return 0;
  },
});

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + Math.max(each, 0), 0);

function rowsOf({ Images, Containers, Volumes, LayersSize }: DiskUsage): Row[] {
  const containers = Containers ?? [];
  const images = Images ?? [];
  const volumes = Volumes ?? [];
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const idle = containers.filter(({ State }) => !['running', 'paused', 'restarting'].includes(State));
  const unused = volumes.filter(({ UsageData }) => UsageData?.RefCount === 0);
  return [
    row(
      'Images',
      images.length,
      used.size,
      LayersSize,
      sum(images.filter(({ Id }) => !used.has(Id)).map(({ Size }) => Size)),
    ),
    row(
      'Containers',
      containers.length,
      containers.length - idle.length,
      sum(containers.map((each) => each.SizeRw ?? 0)),
      sum(idle.map((each) => each.SizeRw ?? 0)),
    ),
    row(
      'Local Volumes',
      volumes.length,
      volumes.length - unused.length,
      sum(volumes.map((each) => each.UsageData?.Size ?? 0)),
      sum(unused.map((each) => each.UsageData?.Size ?? 0)),
    ),
    row('Build Cache', 0, 0, 0, 0),
  ];
}

function row(Type: string, total: number, active: number, size: number, reclaimable: number): Row {
  const share = size > 0 && Type !== 'Build Cache' ? ` (${Math.trunc((reclaimable / size) * 100)}%)` : '';
  return {
    ...{ Type, TotalCount: String(total), Active: String(active), Size: humanSize(size, 4) },
    Reclaimable: `${humanSize(reclaimable, 4)}${share}`,
  };
}

function details({ Images, Containers, Volumes }: DiskUsage): string {
  const images = (Images ?? []).map((image) => [
    image.RepoTags?.[0] ?? '<none>',
    humanSize(image.Size),
    String(Math.max(image.Containers, 0)),
  ]);
  const containers = (Containers ?? []).map((each) => [
    each.Names[0]?.slice(1) ?? '',
    each.Image,
    humanSize(each.SizeRw ?? 0),
    each.Status,
  ]);
  const volumes = (Volumes ?? []).map((each) => [
    each.Name,
    String(each.UsageData?.RefCount ?? 0),
    humanSize(Math.max(each.UsageData?.Size ?? 0, 0)),
  ]);
  return [
    `Images space usage:\n\n${alignColumns([['IMAGE', 'SIZE', 'CONTAINERS'], ...images])}`,
    `Containers space usage:\n\n${alignColumns([['NAME', 'IMAGE', 'SIZE', 'STATUS'], ...containers])}`,
    `Local Volumes space usage:\n\n${alignColumns([['VOLUME NAME', 'LINKS', 'SIZE'], ...volumes])}`,
  ].join('\n');
}
