/**
 * Makes build/cli.cjs, the command line in one file. CommonJS on purpose: `import 'node:http'` reads every export of it,
 * the lazy ones too, and so loads the whole of fetch: 45 ms of a start of 90; `require` reads none.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const target = join(root, 'build/cli.cjs');
const unfinished = `${target}.${process.pid}`;

await build({
  entryPoints: [join(root, 'apps/cli/src/main.ts')],
  outfile: unfinished,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node26',
  define: { 'import.meta.dirname': '__dirname' },
  logLevel: 'warning',
});
renameSync(unfinished, target); // whoever starts meanwhile finds the old file or the new one, never half of one
