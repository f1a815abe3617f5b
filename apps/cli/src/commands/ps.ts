import type { ContainerSummary } from '@pontoon/api';
import { integer, toggle } from '../flags/flag.ts';
import { filterFlag, filtersOf } from '../output/filters.ts';
import { listFormat, noTruncation } from '../output/formats.ts';
import { ellipsis, humanSize, shortId, since, timeText } from '../output/human.ts';
import { formatList, type Row } from '../output/list.ts';
import { formatPorts } from '../output/ports.ts';
import { defineVerb } from '../verb.ts';

const HEADINGS = {
  ...{
    ID: 'CONTAINER ID',
    Image: 'IMAGE',
    Command: 'COMMAND',
    CreatedAt: 'CREATED AT',
    RunningFor: 'CREATED',
  },
  ...{ Status: 'STATUS', Ports: 'PORTS', Names: 'NAMES', Size: 'SIZE', State: 'STATE', Labels: 'LABELS' },
  ...{ Mounts: 'MOUNTS', LocalVolumes: 'LOCAL VOLUMES', Networks: 'NETWORKS', Platform: 'PLATFORM' },
};

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    all: toggle('a', 'Show all containers (default shows just running)'),
    filter: filterFlag('f'),
    format: listFormat,
    last: integer('n', 'Show n last created containers (includes all states)', { shown: '-1' }),
    latest: toggle('l', 'Show the latest created container (includes all states)'),
    'no-trunc': noTruncation,
    quiet: toggle('q', 'Only display container IDs'),
    size: toggle('s', 'Display total file sizes'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const limit = values.latest ? 1 : (values.last ?? -1);
    const needsSize = values.size || /\{\{[^}]*\.Size\b/.test(values.format ?? '');
    const query = {
      ...{ all: values.all || limit > 0, limit: limit > 0 ? limit : undefined },
      ...{ size: needsSize || undefined, filters: filtersOf(values.filter) },
    };
    const containers = await (await context.engine()).call('ContainerList', { query });
    const rows = containers.map((container) => rowOf(container, values['no-trunc']));
    const plain = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'];
    const columns = values.size ? [...plain, 'Size'] : plain;
    const format = values.quiet && values.format === undefined ? '{{.ID}}' : values.format;
    context.stdout.write(formatList({ rows, headings: HEADINGS, columns }, format));
    return 0;
  },
});

function rowOf(container: ContainerSummary, whole: boolean): Row {
  const { SizeRw = 0, SizeRootFs = 0 } = container;
  const names = container.Names.map((name) => name.replace(/^\//, ''));
  const mounts = container.Mounts.map((mount) => mount.Name || mount.Source);
  return {
    ID: whole ? container.Id : shortId(container.Id),
    Image: imageOf(container, whole),
    Command: JSON.stringify(whole ? container.Command : ellipsis(container.Command, 20)),
    CreatedAt: timeText(container.Created * 1000),
    RunningFor: since(container.Created * 1000),
    Status: container.Status,
    State: container.State,
    Ports: formatPorts(container.Ports),
    // A name with a slash in it is a link's, not the container's own.
    Names: (whole ? names : names.filter((name) => !name.includes('/'))).join(','),
    Size: SizeRootFs > 0 ? `${humanSize(SizeRw)} (virtual ${humanSize(SizeRootFs)})` : humanSize(SizeRw),
    Labels: Object.entries(container.Labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Label: (key: unknown) => container.Labels?.[String(key)] ?? '',
    Mounts: mounts.map((mount) => (whole ? mount : ellipsis(mount, 15))).join(','),
    LocalVolumes: String(container.Mounts.filter((mount) => mount.Driver === 'local').length),
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
    Platform: '',
  };
}

function imageOf({ Image }: ContainerSummary, whole: boolean): string {
  if (Image === '') return '<no image>';
  return !whole && Image.startsWith('sha256:') ? shortId(Image) : Image;
}
