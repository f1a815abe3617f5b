import { confirm } from '../../confirm.ts';
import { toggle } from '../../flags/flag.ts';
import { filterFlag, filtersOf } from '../../output/filters.ts';
import { prunedText, reclaimedText } from '../../output/prune.ts';
import { defineVerb } from '../../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    all: toggle('a', 'Remove all unused images not just dangling ones'),
    filter: filterFlag('', 'Provide filter values (e.g. "label=<key>=<value>")'),
    force: toggle('f', 'Do not prompt for confirmation'),
    volumes: toggle('', 'Prune anonymous volumes'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    if (!values.force && !(await confirm(context, warning(values.all, values.volumes)))) return 0;
    const engine = await context.engine();
    const filters = filtersOf(values.filter);
    const containers = await engine.call('ContainerPrune', { query: { filters } });
    const networks = await engine.call('NetworkPrune', { query: { filters } });
    const volumes = values.volumes ? await engine.call('VolumePrune', { query: { filters } }) : undefined;
    const dangling = [String(!values.all)];
    const images = await engine.call('ImagePrune', { query: { filters: { ...filters, dangling } } });
    const removed = (images.ImagesDeleted ?? []).map(({ Deleted, Untagged }) =>
      Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`,
    );
    context.stdout.write(
      prunedText('Deleted Containers', containers.ContainersDeleted) +
        prunedText('Deleted Networks', networks.NetworksDeleted) +
        prunedText('Deleted Volumes', volumes?.VolumesDeleted) +
        prunedText('Deleted Images', removed) +
        reclaimedText(containers.SpaceReclaimed + images.SpaceReclaimed + (volumes?.SpaceReclaimed ?? 0)),
    );
    return 0;
  },
});

function warning(all: boolean, volumes: boolean): string {
  const lines = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated to them' : 'all dangling images',
  ];
  return `This will remove:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
}
