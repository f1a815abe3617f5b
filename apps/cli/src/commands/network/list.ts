import type { NetworkInspect } from '@pontoon/api';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { listFormat, noTruncation } from '../../output/formats.ts';
import { shortId, timeText } from '../../output/human.ts';
import { formatList, type Row } from '../../output/list.ts';
import { defineVerb } from '../../verb.ts';

const HEADINGS = {
  ...{ ID: 'NETWORK ID', Name: 'NAME', Driver: 'DRIVER', Scope: 'SCOPE', IPv4: 'IPV4', IPv6: 'IPV6' },
  ...{ Internal: 'INTERNAL', Labels: 'LABELS', CreatedAt: 'CREATED AT' },
};

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    filter: filterFlag('f', 'Provide filter values (e.g. "driver=bridge")'),
    format: listFormat,
    'no-trunc': noTruncation,
    quiet: toggle('q', 'Only display network IDs'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const query = { filters: filtersOf(values.filter) };
    const networks = await (await context.engine()).call('NetworkList', { query });
    const rows = networks.map((network) => rowOf(network, values['no-trunc'])).sort(byName);
    const format = values.quiet && values.format === undefined ? '{{.ID}}' : values.format;
    const columns = ['ID', 'Name', 'Driver', 'Scope'];
    context.stdout.write(formatList({ rows, headings: HEADINGS, columns }, format));
    return 0;
  },
});

const byName = (a: Row, b: Row): number => (String(a.Name) < String(b.Name) ? -1 : 1);

function rowOf(network: NetworkInspect, whole: boolean): Row {
  const labels = network.Labels ?? {};
  return {
    ID: whole ? network.Id : shortId(network.Id),
    Name: network.Name,
    Driver: network.Driver,
    Scope: network.Scope,
    IPv4: String(network.EnableIPv4 ?? false),
    IPv6: String(network.EnableIPv6),
    Internal: String(network.Internal),
    CreatedAt: timeText(Date.parse(network.Created)),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Label: (key: unknown) => labels[String(key)] ?? '',
  };
}
