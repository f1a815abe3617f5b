import { existsSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { type CgroupMode, cgroupMode } from '../cgroup/mode.ts';
import { capabilitiesOf } from './capabilities.ts';
import { findStaticInit } from './init.ts';
import type { Architecture } from './seccomp.ts';

/** What the machine gives, as far as config.json depends on it. */
export interface HostFacts {
  architecture: Architecture;
  /** `uname -r`. */
  kernel: string;
  /** The engine's own bounding set: no container can have more. */
  capabilities: string[];
  /** Hard limits by the names of `--ulimit`; Infinity where there is none. */
  hardLimits: Record<string, number>;
  cgroup: CgroupMode;
  supports: {
    memory: boolean;
    swap: boolean;
    /** v1 only, as is `oomControl`: v2 has no such files, and runtimes refuse what asks for them. */
    swappiness: boolean;
    oomControl: boolean;
    pids: boolean;
    blkioWeight: boolean;
  };
  /** A statically linked init for `--init`, if one is installed. */
  initPath: string | undefined;
}

let known: HostFacts | undefined;

/** Read once: none of it changes while the engine runs. */
export function hostFacts(): HostFacts {
  known ??= {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    kernel: release(),
    capabilities: boundingSet(readFileSync('/proc/self/status', 'utf8')),
    hardLimits: hardLimits(readFileSync('/proc/self/limits', 'utf8')),
    cgroup: cgroupMode(),
    supports: supports(cgroupMode()),
    initPath: findStaticInit(),
  };
  return known;
}

function boundingSet(status: string): string[] {
  return capabilitiesOf(BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`));
}

/** /proc/self/limits names a limit in words: proc(5). */
const LIMIT_NAMES: Record<string, string> = {
  'Max cpu time': 'cpu',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max stack size': 'stack',
  'Max core file size': 'core',
  'Max resident set': 'rss',
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max locked memory': 'memlock',
  'Max file locks': 'locks',
  'Max pending signals': 'sigpending',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
};

export function hardLimits(text: string): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, title = '', hard = ''] = /^(Max [a-z ]+?)\s{2,}\S+\s+(\S+)/.exec(line) ?? [];
    const name = LIMIT_NAMES[title];
    if (name) limits[name] = hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
  }
  return limits;
}

function supports(mode: CgroupMode): HostFacts['supports'] {
  if (mode === 'v2') {
    const controllers = readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').split(/\s+/);
    const [memory, pids, io] = ['memory', 'pids', 'io'].map((name) => controllers.includes(name));
    const swap = memory === true && existsSync('/proc/swaps');
    const legacy = { swappiness: false, oomControl: false };
    return { memory: memory === true, swap, ...legacy, pids: pids === true, blkioWeight: io === true };
  }
  const blkio = ['blkio.weight', 'blkio.bfq.weight'];
  return {
    memory: isDirectory('/sys/fs/cgroup/memory'),
    swap: existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'),
    swappiness: existsSync('/sys/fs/cgroup/memory/memory.swappiness'),
    oomControl: existsSync('/sys/fs/cgroup/memory/memory.oom_control'),
    pids: isDirectory('/sys/fs/cgroup/pids'),
    blkioWeight: blkio.some((file) => existsSync(`/sys/fs/cgroup/blkio/${file}`)),
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
