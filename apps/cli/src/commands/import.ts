import { createReadStream, existsSync } from 'node:fs';
import { Exit } from '../exit.ts';
import { list, text } from '../flags/flag.ts';
import { splitReference } from '../pull.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] file|- [REPOSITORY[:TAG]]',
  flags: {
    change: list('c', 'Apply Dockerfile instruction to the created image'),
    message: text('m', 'Set commit message for imported image'),
    platform: text('', 'Set platform if server is multi-platform capable'),
  },
  ...{ least: 1, most: 2 },
  run: async (context, { values, args }) => {
    const [source = '', reference] = args;
    if (/^https?:\/\//.test(source))
      throw new Exit(1, 'import from a URL: fetch it first, and pipe it: `… | pontoon import -`');
    if (source !== '-' && !existsSync(source)) throw new Exit(1, `open ${source}: no such file or directory`);
    const [repo, tag] = reference === undefined ? [] : splitReference(reference);
    const messages = (await context.engine()).lines('ImageCreate', {
      query: {
        ...{ fromSrc: '-', repo, tag: reference?.includes(':') ? tag : undefined },
        ...{ message: values.message, changes: values.change, platform: values.platform },
      },
      content: {
        type: 'application/x-tar',
        stream: source === '-' ? context.stdin : createReadStream(source),
      },
    });
    for await (const { status, error } of messages) {
      if (error) throw new Exit(1, `pontoon: ${error}`);
      if (status) context.stdout.write(`${status}\n`);
    }
    return 0;
  },
});
