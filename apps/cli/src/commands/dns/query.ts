import { text } from '../../flags/flag.ts';
import { alignColumns } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';

/** Asks what a container would be answered. Exit status 1: there is no such name. */
export const verb = defineVerb({
  usage: '[OPTIONS] NAME',
  flags: {
    container: text('', 'Ask as this container would; without it all networks are searched'),
    type: text('t', 'Type of the record (A, AAAA, PTR, SRV)', { shown: '"A"' }),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    const { Answers } = await (await context.engine()).call('DnsQuery', {
      query: { name: args[0]!, type: values.type?.toUpperCase() ?? 'A', container: values.container },
    });
    if (Answers.length === 0) {
      context.stderr.write(`pontoon: no such name: ${args[0]}\n`);
      return 1;
    }
    context.stdout.write(
      alignColumns(
        Answers.map(({ Name, Ttl, Type, Data }) => [Name, String(Ttl), Type, Data]),
        4,
      ),
    );
    return 0;
  },
});
