/**
 * Documents made from code: `npm run generate` writes them, `--check` says which are stale and writes nothing.
 * A generator is a path and a function that returns the file's text.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compatibility } from './compatibility.ts';
import { arrows } from './imports.ts';
import { root } from './step.ts';

interface Generator {
  path: string;
  text(): string | Promise<string>;
}

const generators: Generator[] = [
  { path: 'docs/compatibility.md', text: compatibility },
  { path: 'docs/generated/rooms.md', text: rooms },
];

function rooms(): string {
  const rows = Object.entries(arrows).map(
    ([room, may]) => `| \`${room}\` | ${may.map(shortName).join(', ')} |`,
  );
  return [
    '# Rooms and their arrows',
    '',
    'Made by `npm run generate` from `tools/imports.ts`, which also enforces them.',
    '',
    '| room | may import |',
    '|---|---|',
    ...rows,
    '',
    '```mermaid',
    'graph TD',
    ...Object.entries(arrows).flatMap(([room, may]) =>
      may
        .filter((target) => target !== 'packages/fault')
        .map((target) => `  ${shortName(room)} --> ${shortName(target)}`),
    ),
    '```',
    '',
    'Everything may also import `fault`. `tools/node tools/imports.ts --draw` draws what the code imports today.',
    '',
  ].join('\n');
}

function shortName(room: string): string {
  return room.split('/')[1] ?? room;
}

function present(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const check = process.argv.includes('--check');
for (const { path, text } of generators) {
  const target = join(root, path);
  const wanted = await text();
  if (present(target) === wanted) continue;
  if (check) {
    console.error(`${path} is stale: run "npm run generate"`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, wanted);
  console.log(`wrote ${path}`);
}
