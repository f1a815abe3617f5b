/** The engines that are measured, each in a lab of its own with the same shape, so that they never meet. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type Machine, openLab } from '@pontoon/lab';
import { busyboxTar } from '../test/busybox.ts';
import { command, succeed } from '../test/command.ts';
import { startDockerd } from '../test/dockerd.ts';
import type { Daemon } from '../test/engine.ts';

export type ContenderName = 'pontoon' | 'dockerd' | 'podman';

export interface Contender {
  name: ContenderName;
  lab: Lab;
  host: Machine;
  outside: Machine;
  socket: string;
  /** The file that the daemon writes its log to. */
  log: string;
  /** The same docker CLI for all. Answers with stdout. */
  docker(...argv: string[]): Promise<string>;
  /** The processes of the engine itself: the daemon and what it needs to run. */
  engineProcesses(): number[];
  /** What stands beside each container: conmon, or a shim. */
  monitorProcesses(): number[];
  /** kill -9 of the daemon, and milliseconds until the next one answers. */
  restart(): Promise<number>;
  close(): Promise<void>;
}

/** How an engine is told what to do: the same docker CLI for those that have a socket. */
interface Client {
  argv: string[];
  environment: Record<string, string>;
  socket: string;
  log: string;
  restart(): Promise<number>;
}

/** Flags are those of Pontoon's daemon. */
const openers: Record<ContenderName, (lab: Lab, flags: string[]) => Promise<Client>> = {
  pontoon: (lab, flags) => clientOf(lab, () => lab.startEngine({ flags })),
  dockerd: (lab) => clientOf(lab, () => startDockerd(lab, {})),
  podman: preparePodman,
};

async function clientOf(lab: Lab, start: () => Promise<Daemon>): Promise<Client> {
  let daemon = await start();
  const environment = {
    DOCKER_HOST: `unix://${daemon.socket}`,
    DOCKER_CONFIG: join(lab.directory, 'config'),
  };
  const restart = async (): Promise<number> => {
    await daemon.kill();
    const began = performance.now();
    daemon = await start();
    return performance.now() - began;
  };
  return { argv: ['docker'], environment, socket: daemon.socket, log: daemon.log, restart };
}

const programs: Record<ContenderName, string> = { pontoon: 'node', dockerd: 'dockerd', podman: 'podman' };

/** Whether the machine has it: a peer that is not installed is left out of the table. */
export async function isInstalled(name: ContenderName): Promise<boolean> {
  return name === 'pontoon' || (await command(['sh', '-c', `command -v ${programs[name]}`])).code === 0;
}

const monitors = /^\S*(conmon|containerd-shim)/;

export async function openContender(name: ContenderName, flags: string[] = []): Promise<Contender> {
  const lab = await openLab();
  try {
    const { argv: client, environment, ...daemon } = await openers[name](lab, flags);
    const contender: Contender = {
      ...{ name, lab, host: lab.host, outside: lab.outside, ...daemon },
      docker: (...argv) => succeed([...client, ...argv], { environment, limit_s: 900 }),
      engineProcesses: () =>
        processesOf(lab, /^(?!\S*containerd-shim).*(apps\/daemon\/src\/main\.ts|dockerd|containerd) /),
      monitorProcesses: () => processesOf(lab, monitors),
      close: async () => {
        if (name === 'podman')
          await contender.docker('rm', '-f', ...(await contender.docker('ps', '-aq')).split('\n'));
        await lab.close();
      },
    };
    await contender.docker('run', '--rm', 'busybox', 'true');
    return contender;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

/** podman has no daemon of its own kind: its command line does the work. Its state lives in the lab. */
async function preparePodman(lab: Lab): Promise<Client> {
  const base = join(lab.directory, 'podman');
  mkdirSync(base);
  const roots = ['--root', join(base, 'data'), '--runroot', join(base, 'run'), '--tmpdir', join(base, 'tmp')];
  const more = ['--network-config-dir', join(base, 'networks'), '--cgroup-manager', 'cgroupfs'];
  const argv = [
    'nsenter',
    `--net=${lab.host.path}`,
    '--',
    'podman',
    ...roots,
    ...more,
    '--events-backend',
    'file',
  ];
  const environment = { CONTAINERS_CONF: writeConfiguration(base) };
  const archive = join(base, 'busybox.tar');
  writeFileSync(archive, await busyboxTar());
  await succeed([...argv, 'import', archive, 'docker.io/library/busybox:latest'], { environment });
  return { argv, environment, socket: '', log: '', restart: () => Promise.resolve(0) };
}

/** podman asks for more open files and processes than root may have here, and its crun refuses hybrid cgroups. */
function writeConfiguration(base: string): string {
  const path = join(base, 'containers.conf');
  const limits = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]';
  writeFileSync(path, `[containers]\n${limits}\n[engine]\nruntime = "runc"\n`);
  return path;
}

/** Processes in the machine's network namespace. */
export function processesIn({ path }: Machine): number[] {
  const { ino } = statSync(path);
  const isIn = (pid: number): boolean => inodeOf(`/proc/${pid}/ns/net`) === ino;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isIn(pid));
}

const inodeOf = (path: string): number | undefined => {
  try {
    return statSync(path).ino;
  } catch {
    return undefined; // ended meanwhile
  }
};

function processesOf(lab: Lab, pattern: RegExp): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      const line = commandLine(pid);
      return line.includes(lab.directory) && pattern.test(line);
    })
    .map(Number);
}

function commandLine(pid: string): string {
  const path = `/proc/${pid}/cmdline`;
  try {
    return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\0', ' ') : '';
  } catch {
    return '';
  }
}

/** Resident memory that processes have to themselves and their share of the rest, in bytes (proc_pid_smaps(5), Pss). */
export function memoryOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return sum + Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  }, 0);
}

/** VmRSS, in bytes (proc_pid_status(5)). */
export function residentOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return sum + Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  }, 0);
}

/** Processor time used so far, in seconds (proc_pid_stat(5): fields 14 and 15, in ticks of 1/100 s). */
export function processorTimeOf(pids: number[]): number {
  return pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}
