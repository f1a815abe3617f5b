import { once } from 'node:events';
import { decodeFrames, rawStream } from '@pontoon/api';
import { text, toggle } from '../flags/flag.ts';
import { timestamp } from '../request/time.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER',
  flags: {
    details: toggle('', 'Show extra details provided to logs'),
    follow: toggle('f', 'Follow log output'),
    since: text(
      '',
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
    tail: text('n', 'Number of lines to show from the end of the logs', { shown: '"all"' }),
    timestamps: toggle('t', 'Show timestamps'),
    until: text(
      '',
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
    ),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const answer = await (await context.engine()).open('ContainerLogs', {
      parameters: { id: args[0]! },
      query: {
        ...{ stdout: true, stderr: true, follow: values.follow, timestamps: values.timestamps },
        ...{ details: values.details, tail: values.tail ?? 'all' },
        since: values.since && timestamp('since', values.since),
        until: values.until && timestamp('until', values.until),
      },
    });
    const write = async (to: NodeJS.WriteStream, bytes: Uint8Array) => {
      if (!to.write(bytes)) await once(to, 'drain');
    };
    if (answer.headers['content-type'] === rawStream)
      for await (const bytes of answer) await write(context.stdout, bytes);
    else
      for await (const { stream, bytes } of decodeFrames(answer))
        await write(stream === 'stderr' ? context.stderr : context.stdout, bytes);
    return 0;
  },
});
