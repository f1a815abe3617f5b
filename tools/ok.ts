/** `npm run ok`: the one check. A line a step; a step that fails shows its output, and the rest still runs. */
import { globSync } from 'node:fs';
import { node, root, runCommand } from './step.ts';

/** Tests that need no root and change nothing in the kernel: they stand beside the code. */
export function fastTests(): string[] {
  return globSync(['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'], {
    cwd: root,
    exclude: ['**/node_modules'],
  }).toSorted();
}

const steps: { title: string; argv: string[]; limit_s: number }[] = [
  { title: 'format and lint', argv: ['node_modules/.bin/biome', 'ci', '.'], limit_s: 120 },
  { title: 'types', argv: ['node_modules/.bin/tsc', '--noEmit', '-p', '.'], limit_s: 180 },
  { title: 'import arrows', argv: [node, 'tools/imports.ts'], limit_s: 60 },
  { title: 'generated files', argv: [node, 'tools/generate.ts', '--check'], limit_s: 120 },
  {
    title: 'fast tests',
    argv: [node, '--test', '--test-timeout=60000', '--test-reporter=dot', ...fastTests()],
    limit_s: 300,
  },
];

async function main(): Promise<void> {
  for (const { title, argv, limit_s } of steps) {
    const { code, output, seconds, timedOut } = await runCommand(argv, { limit_s });
    const verdict = code === 0 ? 'ok' : timedOut ? `stopped after ${limit_s} s` : 'FAILED';
    console.log(`${title.padEnd(16)} ${seconds.toFixed(1).padStart(5)} s  ${verdict}`);
    if (code === 0) continue;
    console.log(output.replaceAll(/^/gm, '    '));
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
