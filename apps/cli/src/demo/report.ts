import { createColors } from 'picocolors';
import { alignColumns } from '../output/table.ts';
import type { Check, Mode } from './check.ts';
import type { Interfaces } from './interfaces.ts';

export const MODES: Mode[] = ['bridge', 'host', 'container', 'none'];

export const COMMANDS: Record<Mode, string> = {
  bridge: 'pontoon run --network=bridge busybox',
  host: 'pontoon run --network=host busybox',
  container: 'pontoon run --network=container:A busybox',
  none: 'pontoon run --network=none busybox',
};

export interface Report {
  line(text?: string): void;
  heading(mode: Mode): void;
  check(check: Check): void;
  interfaces(columns: [title: string, interfaces: Interfaces][]): void;
  summary(checks: Check[], duration_ms: number): void;
}

/** What a reader sees; colours only where `isTTY`. */
export function reportTo(output: NodeJS.WriteStream): Report {
  const colour = createColors(output.isTTY === true && process.env.NO_COLOR === undefined);
  const line = (text = '') => void output.write(`${text}\n`);
  const word = (held: boolean) => (held ? colour.green('held ') : colour.red('FAILS'));
  return {
    line,
    heading: (mode) => line(`\n${colour.bold(mode.toUpperCase().padEnd(11))}${colour.dim(COMMANDS[mode])}`),
    check: ({ claim, held, evidence }) => line(`  ${word(held)} ${claim.padEnd(67)} ${colour.dim(evidence)}`),
    interfaces: (columns) => {
      const names = [...new Set(columns.flatMap(([, interfaces]) => [...interfaces.keys()]))];
      const shown = names.filter((name) => !name.startsWith('veth'));
      const cells = shown.map((name) => [
        `  ${name}`,
        ...columns.map(([, interfaces]) =>
          interfaces.has(name) ? interfaces.get(name)?.join(' ') || 'up' : '·',
        ),
      ]);
      line(`\n${colour.bold('INTERFACES')} ${colour.dim('side by side, as each of them lists its own')}`);
      output.write(alignColumns([['  ', ...columns.map(([title]) => title)], ...cells], 4));
    },
    summary: (checks, duration_ms) => {
      const rows = MODES.map((mode) => {
        const own = checks.filter((check) => check.mode === mode);
        const held = own.filter((check) => check.held).length;
        return [`  ${mode}`, `${held} of ${own.length}`, COMMANDS[mode]];
      });
      line(`\n${colour.bold('WHAT HELD')}`);
      output.write(alignColumns(rows, 4));
      const held = checks.filter((check) => check.held).length;
      const verdict =
        held === checks.length
          ? colour.green('All held')
          : colour.red(`${checks.length - held} did not hold`);
      line(
        `\n${verdict}: ${held} of ${checks.length} in ${(duration_ms / 1000).toFixed(1)} s. All that was made is removed.`,
      );
    },
  };
}
