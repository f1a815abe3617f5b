import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { showProgress } from '../output/progress.ts';
import { reason } from '../request/environment.ts';
import { type Context, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    input: text('i', 'Read from tar archive file, instead of STDIN'),
    quiet: toggle('q', 'Suppress the load output'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const stream = await archiveFrom(context, values.input);
    const messages = (await context.engine()).lines('ImageLoad', {
      query: { quiet: values.quiet || undefined },
      content: { type: 'application/x-tar', stream },
    });
    await showProgress(messages, context.stdout);
    return 0;
  },
});

async function archiveFrom({ stdin }: Context, path: string | undefined): Promise<Readable> {
  if (path !== undefined) {
    const file = await open(path).catch((error) => {
      throw new Exit(1, `open ${path}: ${reason(error)}`);
    });
    await file.close();
    return createReadStream(path);
  }
  if (stdin.isTTY) throw new Exit(1, 'requested load from stdin, but stdin is empty');
  return stdin;
}
