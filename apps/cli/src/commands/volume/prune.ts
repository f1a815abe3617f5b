import { confirm } from '../../confirm.ts';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { prunedText, reclaimedText } from '../../output/prune.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    all: toggle('a', 'Remove all unused volumes, not just anonymous ones'),
    filter: filterFlag('', 'Provide filter values (e.g. "label=<label>")'),
    force: toggle('f', 'Do not prompt for confirmation'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const which = values.all ? 'local' : 'anonymous local';
    const warning = `This will remove ${which} volumes not used by at least one container.`;
    if (!values.force && !(await confirm(context, warning))) return 0;
    const filters = { ...filtersOf(values.filter), ...(values.all ? { all: ['true'] } : {}) };
    const { VolumesDeleted, SpaceReclaimed } = await (await context.engine()).call('VolumePrune', {
      query: { filters },
    });
    context.stdout.write(prunedText('Deleted Volumes', VolumesDeleted) + reclaimedText(SpaceReclaimed));
    return 0;
  },
});
