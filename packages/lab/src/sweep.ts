import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcessesOf } from './processes.ts';

/** `pontoon-lab-<pid>-<hex>`: the owner's pid tells later whether anyone still needs it. */
export const labName = (suffix: string): string => `pontoon-lab-${process.pid}-${suffix}`;

const LAB = /^(pontoon-lab-(\d+)-[0-9a-f]{6})-/;

/**
 * Removes all of a lab: processes, mounts, cgroups, namespaces, files. Synchronous, so that it also works while the
 * process exits. Each step goes on where an earlier one failed: what is left must be as little as can be.
 */
export function removeLab(name: string, directory: string): void {
  const machines = namespacesOf(name);
  const ids = containersIn(directory);
  endProcessesOf(name, [...machines, ...pinnedBelow(directory)]);
  unmountBelow(directory);
  removeCgroups('/sys/fs/cgroup', ids, 4);
  for (const path of machines) spawnSync('ip', ['netns', 'delete', path.slice('/run/netns/'.length)]);
  rmSync(directory, { recursive: true, force: true });
}

/** Removes the labs whose owner was killed before it could; answers with their names. */
export function removeStaleLabs(): string[] {
  const found = [...entries('/run/netns'), ...entries(tmpdir())].map((entry) => LAB.exec(`${entry}-`));
  const stale = new Set(
    found.flatMap((match) => (match && !existsSync(`/proc/${match[2]}`) ? [match[1]!] : [])),
  );
  for (const name of stale) {
    const directories = entries(tmpdir()).filter((entry) => entry.startsWith(`${name}-`));
    for (const directory of directories) removeLab(name, join(tmpdir(), directory));
    if (directories.length === 0) removeLab(name, join(tmpdir(), `${name}-gone`));
  }
  return [...stale];
}

function namespacesOf(name: string): string[] {
  return entries('/run/netns').flatMap((entry) =>
    entry.startsWith(`${name}-`) ? [`/run/netns/${entry}`] : [],
  );
}

/** The containers' pinned namespaces: `<run root>/netns/<id>`, one run root a daemon. */
function pinnedBelow(directory: string): string[] {
  return entries(directory).flatMap((engine) => {
    const folder = join(directory, engine, 'run/netns');
    return entries(folder).map((id) => join(folder, id));
  });
}

function containersIn(directory: string): Set<string> {
  const folders = ['run/bundles', 'run/netns', 'data/containers'];
  const ids = entries(directory).flatMap((engine) =>
    folders.flatMap((folder) => entries(join(directory, engine, folder))),
  );
  return new Set(ids.filter((id) => /^[0-9a-f]{12,64}$/.test(id)));
}

/** Deepest first. MNT_DETACH, as `umount -l`: a mount that something still holds must not stop the rest. */
function unmountBelow(directory: string): void {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))
    .reverse();
  if (points.length > 0) spawnSync('umount', ['-l', ...points]);
}

/**
 * Removes the cgroups that carry a container's id, in every hierarchy (v1 has one a controller). One walk for all: a
 * lab may have had a thousand containers, and each has a folder a hierarchy, with dozens of files.
 */
function removeCgroups(folder: string, ids: Set<string>, depth: number): void {
  if (ids.size === 0) return;
  for (const entry of foldersIn(folder)) {
    const path = join(folder, entry);
    if (entry.split(/[^0-9a-f]+/).some((part) => ids.has(part))) removeTree(path);
    else if (depth > 1) removeCgroups(path, ids, depth - 1);
  }
}

function removeTree(path: string): void {
  for (const entry of foldersIn(path)) removeTree(join(path, entry));
  try {
    rmdirSync(path);
  } catch {} // still busy, or gone already: nothing more can be done here
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    return [];
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
