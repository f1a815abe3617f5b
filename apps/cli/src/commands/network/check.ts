import { toggle } from '../../flags/flag.ts';
import { alignColumns } from '../../output/table.ts';
import { defineVerb } from '../../verb.ts';

/** Exit status 0: the kernel has what it ought to; 1: it differs, and nothing was mended. */
export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    json: toggle('', 'Print the findings as JSON'),
    repair: toggle('', 'Mend what differs'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const engine = await context.engine();
    const { Findings } = await engine.call(values.repair ? 'NetworkRepair' : 'NetworkCheck');
    if (values.json) context.stdout.write(`${JSON.stringify(Findings)}\n`);
    else if (Findings.length === 0) context.stdout.write('the kernel has what it ought to have\n');
    else {
      const lines = Findings.map((finding) => [
        ...[finding.Problem, finding.Kind, finding.Subject],
        finding.Repaired ? `${finding.Detail} (repaired)` : finding.Detail,
      ]);
      context.stdout.write(alignColumns(lines, 4));
    }
    return Findings.every((finding) => finding.Repaired) ? 0 : 1;
  },
});
