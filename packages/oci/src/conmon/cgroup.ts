import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CGROUP_ROOT } from '../cgroup/mode.ts';

let target: string | undefined | null;

/**
 * Where the engine itself runs in a control group of its own, as under systemd, that group's end is the end of all in
 * it: conmon then gets one outside. Where it runs at the root nothing need be moved, and a move costs milliseconds.
 */
export function moveOutOfEngine(): ((pid: number) => void) | undefined {
  if (target === undefined) target = findTarget() ?? null;
  const folder = target;
  if (!folder) return undefined;
  return (pid) => {
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    } catch {
      // A container that may end with the engine's own unit is better than none.
    }
  };
}

function findTarget(): string | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const [hierarchy, group] = pick(lines.map((line) => line.split(':')));
  return group && group !== '/' ? join(CGROUP_ROOT, hierarchy, 'pontoon', 'conmon') : undefined;
}

/** The hierarchy that systemd tracks services by: its named one, else the unified one. cgroups(7) */
function pick(entries: string[][]): [hierarchy: string, group: string | undefined] {
  const named = entries.find(([, names]) => names === 'name=systemd');
  if (named) return ['systemd', named[2]];
  return ['', entries.find(([number]) => number === '0')?.[2]];
}
