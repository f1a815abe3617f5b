import type { ImageSummary } from '@pontoon/api';
import { toggle } from '../flags/flag.ts';
import { filterFlag, filtersOf } from '../output/filters.ts';
import { listFormat, noTruncation } from '../output/formats.ts';
import { humanSize, shortId, since, timeText } from '../output/human.ts';
import { formatList, type Row } from '../output/list.ts';
import { splitReference } from '../pull.ts';
import { defineVerb } from '../verb.ts';

const HEADINGS = {
  ...{ ID: 'IMAGE ID', Repository: 'REPOSITORY', Tag: 'TAG', Digest: 'DIGEST', CreatedSince: 'CREATED' },
  ...{ CreatedAt: 'CREATED AT', Size: 'SIZE', Containers: 'CONTAINERS', SharedSize: 'SHARED SIZE' },
  ...{ UniqueSize: 'UNIQUE SIZE', VirtualSize: 'SIZE' },
};

export const verb = defineVerb({
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  flags: {
    all: toggle('a', 'Show all images (default hides intermediate images)'),
    digests: toggle('', 'Show digests'),
    filter: filterFlag('f'),
    format: listFormat,
    'no-trunc': noTruncation,
    quiet: toggle('q', 'Only show image IDs'),
  },
  ...{ least: 0, most: 1 },
  run: async (context, { values, args }) => {
    const filters = { ...filtersOf(values.filter), ...(args[0] ? { reference: [args[0]] } : {}) };
    const images = await (await context.engine()).call('ImageList', { query: { all: values.all, filters } });
    const rows = images.flatMap((image) => rowsOf(image, values['no-trunc'], values.digests));
    const columns = [
      'Repository',
      'Tag',
      ...(values.digests ? ['Digest'] : []),
      'ID',
      'CreatedSince',
      'Size',
    ];
    if (values.quiet && values.format === undefined) {
      const ids = new Set(rows.map((row) => String(row.ID)));
      context.stdout.write([...ids].map((id) => `${id}\n`).join(''));
    } else context.stdout.write(formatList({ rows, headings: HEADINGS, columns }, values.format));
    return 0;
  },
});

/** A line for each name that the image has. */
function rowsOf(image: ImageSummary, whole: boolean, digests: boolean): Row[] {
  const names = image.RepoTags?.length > 0 ? image.RepoTags : ['<none>:<none>'];
  return names.map((name) => {
    const [repository, tag] = name === '<none>:<none>' ? ['<none>', '<none>'] : splitReference(name);
    const digest = image.RepoDigests?.find((each) => each.startsWith(`${repository}@`))?.split('@')[1];
    return {
      ID: whole ? image.Id : shortId(image.Id),
      Repository: repository,
      Tag: tag,
      Digest: digests || digest ? (digest ?? '<none>') : '<none>',
      CreatedSince: image.Created > 0 ? since(image.Created * 1000) : 'N/A',
      CreatedAt: timeText(image.Created * 1000),
      Size: humanSize(image.Size),
      VirtualSize: humanSize(image.Size),
      Containers: image.Containers < 0 ? 'N/A' : String(image.Containers),
      SharedSize: image.SharedSize < 0 ? 'N/A' : humanSize(image.SharedSize),
      UniqueSize: image.SharedSize < 0 ? 'N/A' : humanSize(image.Size - image.SharedSize),
    };
  });
}
