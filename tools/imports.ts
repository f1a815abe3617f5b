/**
 * The arrows of docs/ARCHITECTURE.md as a check: which room imports which. Run alone it prints what breaks them;
 * with `--draw` it prints the arrows that the code really has, as a Mermaid graph.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { root } from './step.ts';

/** Room → the rooms that it may import. Nothing imports upward: each row names only rows above it. */
export const arrows: Record<string, readonly string[]> = {
  'packages/fault': [],
  'packages/sys': ['packages/fault'],
  'packages/netlink': ['packages/sys', 'packages/fault'],
  'packages/network': ['packages/netlink', 'packages/sys', 'packages/fault'],
  'packages/oci': ['packages/sys', 'packages/fault'],
  'packages/images': ['packages/sys', 'packages/fault'],
  'packages/api': ['packages/fault'],
  'packages/lab': ['packages/fault'],
  'packages/engine': [
    'packages/network',
    'packages/oci',
    'packages/images',
    'packages/api',
    'packages/sys',
    'packages/fault',
  ],
  'apps/daemon': ['packages/engine', 'packages/api', 'packages/fault'],
  'apps/cli': ['packages/api', 'packages/lab', 'packages/fault'],
};

/** Folders outside the product: they may knock at every door, and look into one another. */
const workbenches = ['test', 'bench', 'tools'];

/** Third-party packages that only one room may touch, and why. */
const confined: Record<string, { room: string; reason: string }> = {
  koffi: { room: 'packages/sys', reason: 'native calls live in one room, so that they can be swapped' },
};

export interface Import {
  file: string;
  line: number;
  specifier: string;
}

export interface Breach extends Import {
  reason: string;
}

const statement = /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import of one file's text: static, re-export, side effect, dynamic. */
export function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(statement), ...text.matchAll(call)].map((match) => ({
    file,
    line: text.slice(0, match.index + match[0].length).split('\n').length,
    specifier: match[1] ?? match[2] ?? '',
  }));
}

/** `packages/network/src/dns/server.ts` → `packages/network`; `tools/ok.ts` → `tools`. */
export function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'packages' || first === 'apps' ? `${first}/${second}` : first;
}

export function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** Why this import may not be, or undefined where it may. */
export function breachOf(
  found: Import,
  dependencies: (room: string) => readonly string[],
): string | undefined {
  const room = roomOf(found.file);
  const { specifier } = found;
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? undefined : `write "node:${specifier}"`;
  if (specifier.startsWith('.')) return relativeBreach(room, found);
  const name = packageOf(specifier);
  if (!name.startsWith('@pontoon/')) return foreignBreach(room, name, dependencies(room));
  if (specifier !== name) return `a room has one door: import "${name}"`;
  if (workbenches.includes(room)) return undefined;
  const target = roomNamed(name);
  if (target === room) return 'a room imports its own files by relative paths';
  if (!(arrows[room] ?? []).includes(target)) return `no arrow leads from ${room} to ${target}`;
  return undefined;
}

function roomNamed(name: string): string {
  const short = name.slice('@pontoon/'.length);
  return `packages/${short}` in arrows ? `packages/${short}` : `apps/${short}`;
}

function relativeBreach(room: string, { file, specifier }: Import): string | undefined {
  if (!/\.(ts|json)$/.test(specifier)) return 'relative imports end in ".ts"';
  const target = roomOf(normalize(join(dirname(file), specifier)));
  if (target === room || (workbenches.includes(room) && workbenches.includes(target))) return undefined;
  return `leaves the room for ${target}: go through its door`;
}

function foreignBreach(room: string, name: string, dependencies: readonly string[]): string | undefined {
  const rule = confined[name];
  if (rule && rule.room !== room) return `only ${rule.room} may import "${name}": ${rule.reason}`;
  return dependencies.includes(name) ? undefined : `"${name}" is not in the package.json of ${room}`;
}

/** The third-party packages that a room's package.json lists; for a workbench those of the root. */
function dependenciesOf(room: string): string[] {
  const own = join(root, room, 'package.json');
  const lists = JSON.parse(
    readFileSync(existsSync(own) ? own : join(root, 'package.json'), 'utf8'),
  ) as Record<string, object | undefined>;
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) =>
    Object.keys(lists[key] ?? {}),
  );
}

function allImports(): Import[] {
  const files = globSync('{packages,apps,test,bench,tools}/**/*.ts', {
    cwd: root,
    exclude: ['**/node_modules'],
  });
  return files.toSorted().flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));
}

export function breaches(imports = allImports()): Breach[] {
  const known = new Map<string, string[]>();
  const dependencies = (room: string): string[] => {
    const list = known.get(room) ?? dependenciesOf(room);
    known.set(room, list);
    return list;
  };
  return imports.flatMap((found) => {
    const reason = breachOf(found, dependencies);
    return reason ? [{ ...found, reason }] : [];
  });
}

/** The arrows that the code really has, as a Mermaid graph. */
export function draw(imports = allImports()): string {
  const lines = new Set<string>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith('@pontoon/') || workbenches.includes(roomOf(file)) || file.endsWith('.test.ts'))
      continue;
    lines.add(`  ${roomOf(file).split('/')[1]} --> ${specifier.slice('@pontoon/'.length)}`);
  }
  return ['graph TD', ...[...lines].sort()].join('\n');
}

if (import.meta.main) {
  if (process.argv.includes('--draw')) console.log(draw());
  const found = breaches();
  for (const { file, line, specifier, reason } of found) {
    console.error(`${file}:${line}: import "${specifier}": ${reason}`);
  }
  if (found.length > 0) process.exitCode = 1;
}
