import { confirm } from '../../confirm.ts';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { prunedText, reclaimedText } from '../../output/prune.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    filter: filterFlag('', 'Provide filter values (e.g. "until=<timestamp>")'),
    force: toggle('f', 'Do not prompt for confirmation'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    if (!values.force && !(await confirm(context, 'This will remove all stopped containers.'))) return 0;
    const query = { filters: filtersOf(values.filter) };
    const { ContainersDeleted, SpaceReclaimed } = await (await context.engine()).call('ContainerPrune', {
      query,
    });
    context.stdout.write(prunedText('Deleted Containers', ContainersDeleted) + reclaimedText(SpaceReclaimed));
    return 0;
  },
});
