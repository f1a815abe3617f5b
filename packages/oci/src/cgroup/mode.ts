import { existsSync, readFileSync } from 'node:fs';

/** How the host has its control groups: cgroups(7). In hybrid mode the v2 tree is beside the v1 controllers. */
export type CgroupMode = 'v1' | 'hybrid' | 'v2';

export const CGROUP_ROOT = '/sys/fs/cgroup';

export function cgroupMode(): CgroupMode {
  known ??= readMode();
  return known;
}

let known: CgroupMode | undefined;

function readMode(): CgroupMode {
  if (existsSync(`${CGROUP_ROOT}/cgroup.controllers`)) return 'v2';
  return existsSync(`${CGROUP_ROOT}/unified/cgroup.controllers`) ? 'hybrid' : 'v1';
}

/** Whether the v2 side of a hybrid host holds controllers of its own, which crun up to 1.8 refuses to work beside. */
export function hybridHasControllers(): boolean {
  if (cgroupMode() !== 'hybrid') return false;
  return readFileSync(`${CGROUP_ROOT}/unified/cgroup.controllers`, 'utf8').trim() !== '';
}
