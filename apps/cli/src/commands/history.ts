import { toggle } from '../flags/flag.ts';
import { listFormat, noTruncation } from '../output/formats.ts';
import { ellipsis, humanSize, shortId, since } from '../output/human.ts';
import { formatList } from '../output/list.ts';
import { defineVerb } from '../verb.ts';

const HEADINGS = {
  ...{ ID: 'IMAGE', CreatedSince: 'CREATED', CreatedAt: 'CREATED AT', CreatedBy: 'CREATED BY' },
  ...{ Size: 'SIZE', Comment: 'COMMENT' },
};

export const verb = defineVerb({
  usage: '[OPTIONS] IMAGE',
  flags: {
    format: listFormat,
    human: toggle('H', 'Print sizes and dates in human readable format', true),
    'no-trunc': noTruncation,
    quiet: toggle('q', 'Only show image IDs'),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const items = await (await context.engine()).call('ImageHistory', { parameters: { name: args[0]! } });
    const whole = values['no-trunc'];
    const rows = items.map((item) => {
      const date = new Date(item.Created * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
      const command = item.CreatedBy.replaceAll('\t', ' ');
      return {
        ID: whole || item.Id === '<missing>' ? item.Id : shortId(item.Id),
        CreatedAt: date,
        CreatedSince: values.human ? since(item.Created * 1000) : date,
        CreatedBy: whole ? command : ellipsis(command, 45),
        Size: values.human ? humanSize(item.Size) : String(item.Size),
        Comment: item.Comment,
      };
    });
    const columns = ['ID', values.human ? 'CreatedSince' : 'CreatedAt', 'CreatedBy', 'Size', 'Comment'];
    const format = values.quiet && values.format === undefined ? '{{.ID}}' : values.format;
    context.stdout.write(formatList({ rows, headings: HEADINGS, columns }, format));
    return 0;
  },
});
