import { readdirSync, readFileSync, statSync } from 'node:fs';

/**
 * The processes of a lab: those whose command line has its name (the daemon and conmon by its directory, an nsenter that
 * has not entered yet by its namespace), those in one of its network namespaces (containers in host mode, commands of
 * `Machine.spawn`), and all their children. Never this process, nor its own forebears.
 */
function processesOf(name: string, namespaces: string[]): number[] {
  const inodes = new Set(namespaces.map(inodeOf).filter((inode) => inode !== undefined));
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const parents = new Map(all.map((entry) => [Number(entry), parentOf(Number(entry))]));
  const mine = ancestry(process.pid, parents);
  const chosen = new Set<number>();
  for (const pid of parents.keys()) if (belongs(pid, name, inodes)) chosen.add(pid);
  for (const pid of mine) chosen.delete(pid);
  for (const pid of parents.keys())
    if (ancestry(pid, parents).some((above) => chosen.has(above))) chosen.add(pid);
  return [...chosen];
}

/** SIGKILL to all of a lab's processes, until none is found: one may be starting another while it is killed. */
export function endProcessesOf(name: string, namespaces: string[]): void {
  for (let round = 0; round < 5; round++) {
    const pids = processesOf(name, namespaces).filter(isAlive);
    if (pids.length === 0) return;
    endProcesses(pids);
  }
}

/** SIGKILL to all, then waits until the kernel has let go of each (zombies count as ended), 5 seconds at most. */
function endProcesses(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // ended by itself meanwhile
  }
  const deadline = performance.now() + 5000;
  while (pids.some(isAlive) && performance.now() < deadline) pause(2);
}

function belongs(pid: number, name: string, inodes: Set<number>): boolean {
  if (read(`/proc/${pid}/cmdline`).includes(name)) return true;
  const inode = inodeOf(`/proc/${pid}/ns/net`);
  return inode !== undefined && inodes.has(inode);
}

/** The process itself and all above it, up to init. */
function ancestry(pid: number, parents: Map<number, number>): number[] {
  const line: number[] = [];
  for (let at = pid; at > 0 && !line.includes(at); at = parents.get(at) ?? 0) line.push(at);
  return line;
}

/** Fields after the command's name, which may itself hold blanks and parentheses (proc_pid_stat(5)). */
function fieldsOf(pid: number): string[] {
  const line = read(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

const parentOf = (pid: number): number => Number(fieldsOf(pid)[1] ?? 0);

const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(fieldsOf(pid)[0] ?? '');

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/** Blocks: there is no event loop left to wait in while a process exits. */
function pause(duration_ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration_ms);
}
