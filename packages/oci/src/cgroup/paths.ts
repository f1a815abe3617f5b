import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CGROUP_ROOT, cgroupMode } from './mode.ts';

/** Folders of a control group, by controller; on v2 there is one, under every name. */
export interface CgroupFolders {
  of(controller: string): string;
  all: string[];
}

let controllers: string[] | undefined;

/** v1 hierarchies of this host, by their folder below /sys/fs/cgroup. */
function hierarchies(): string[] {
  controllers ??= readdirSync(CGROUP_ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return controllers;
}

/** @param path `linux.cgroupsPath` of config.json: `/pontoon/<id>` */
export function cgroupFolders(path: string): CgroupFolders {
  if (cgroupMode() === 'v2') {
    const folder = join(CGROUP_ROOT, path);
    return { of: () => folder, all: [folder] };
  }
  return {
    of: (controller) => join(CGROUP_ROOT, controller, path),
    all: hierarchies().map((name) => join(CGROUP_ROOT, name, path)),
  };
}

/** Every process in the group and the groups below it; none where it is gone. */
export function cgroupProcesses(folders: CgroupFolders): number[] {
  return [...new Set(processesIn(folders.of(cgroupMode() === 'v2' ? '' : 'pids')))];
}

function processesIn(folder: string): number[] {
  const own = readLines(join(folder, 'cgroup.procs')).map(Number).filter(Boolean);
  return [...own, ...children(folder).flatMap(processesIn)];
}

function children(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

/** Removes the group everywhere, groups below it first; false if a process is still in it. */
export function removeCgroup(folders: CgroupFolders): boolean {
  return folders.all.map(removeFolder).every(Boolean);
}

function removeFolder(folder: string): boolean {
  if (isGone(folder)) return true;
  // Most have no groups below them: those are looked for only where the kernel refuses.
  return children(folder).map(removeFolder).every(Boolean) && isGone(folder);
}

function isGone(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Kill whatever is in the group: at once where the kernel can (5.14, v2), else one by one. */
export function killCgroup(folders: CgroupFolders): void {
  if (cgroupMode() === 'v2') {
    try {
      writeFileSync(join(folders.of(''), 'cgroup.kill'), '1');
      return;
    } catch {
      // Before Linux 5.14, or the group is gone.
    }
  }
  for (const pid of cgroupProcesses(folders)) signal(pid);
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

export function readLines(path: string): string[] {
  return readText(path).split('\n').filter(Boolean);
}

/** Content of a kernel file; nothing where the controller or the group isn't there. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
