import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { listFormat } from '../../output/formats.ts';
import { formatList } from '../../output/list.ts';
import { defineVerb } from '../../verb.ts';

const HEADINGS = {
  ...{ Name: 'VOLUME NAME', Driver: 'DRIVER', Scope: 'SCOPE', Mountpoint: 'MOUNTPOINT', Labels: 'LABELS' },
};

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    filter: filterFlag('f', 'Provide filter values (e.g. "dangling=true")'),
    format: listFormat,
    quiet: toggle('q', 'Only display volume names'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const query = { filters: filtersOf(values.filter) };
    const { Volumes, Warnings } = await (await context.engine()).call('VolumeList', { query });
    for (const warning of Warnings ?? []) context.stderr.write(`WARNING: ${warning}\n`);
    const rows = (Volumes ?? [])
      .map((volume) => ({
        ...{ Name: volume.Name, Driver: volume.Driver, Scope: volume.Scope, Mountpoint: volume.Mountpoint },
        Labels: Object.entries(volume.Labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
        Label: (key: unknown) => volume.Labels?.[String(key)] ?? '',
      }))
      .sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const format = values.quiet && values.format === undefined ? '{{.Name}}' : values.format;
    context.stdout.write(formatList({ rows, headings: HEADINGS, columns: ['Driver', 'Name'] }, format));
    return 0;
  },
});
