import { confirm } from '../../confirm.ts';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { prunedText } from '../../output/prune.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    filter: filterFlag('', 'Provide filter values (e.g. "until=<timestamp>")'),
    force: toggle('f', 'Do not prompt for confirmation'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const warning = 'This will remove all custom networks not used by at least one container.';
    if (!values.force && !(await confirm(context, warning))) return 0;
    const query = { filters: filtersOf(values.filter) };
    const { NetworksDeleted } = await (await context.engine()).call('NetworkPrune', { query });
    context.stdout.write(prunedText('Deleted Networks', NetworksDeleted));
    return 0;
  },
});
