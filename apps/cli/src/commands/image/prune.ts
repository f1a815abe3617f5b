import { confirm } from '../../confirm.ts';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { prunedText, reclaimedText } from '../../output/prune.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    all: toggle('a', 'Remove all unused images, not just dangling ones'),
    filter: filterFlag('', 'Provide filter values (e.g. "until=<timestamp>")'),
    force: toggle('f', 'Do not prompt for confirmation'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const warning = values.all
      ? 'This will remove all images without at least one container associated to them.'
      : 'This will remove all dangling images.';
    if (!values.force && !(await confirm(context, warning))) return 0;
    const filters = { ...filtersOf(values.filter), dangling: [String(!values.all)] };
    const { ImagesDeleted, SpaceReclaimed } = await (await context.engine()).call('ImagePrune', {
      query: { filters },
    });
    const lines = (ImagesDeleted ?? []).map(({ Deleted, Untagged }) =>
      Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`,
    );
    context.stdout.write(prunedText('Deleted Images', lines) + reclaimedText(SpaceReclaimed));
    return 0;
  },
});
