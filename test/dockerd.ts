/** dockerd as the oracle: what it does is what "compatible" means. Nothing of it touches the machine's own Docker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions, Lab } from '@pontoon/lab';
import { api } from './api.ts';
import { busyboxTar } from './busybox.ts';
import type { Daemon } from './engine.ts';
import { until } from './until.ts';

export async function startDockerd(lab: Lab, options: EngineOptions): Promise<Daemon> {
  const base = join(lab.directory, options.name ?? 'dockerd');
  const places = {
    dataRoot: join(base, 'data'),
    runRoot: join(base, 'run'),
    socket: join(base, 'docker.sock'),
    log: join(base, 'daemon.log'),
  };
  mkdirSync(base, { recursive: true });
  const child = spawnDockerd(lab, places, options);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until('dockerd answers', async () => {
    if (child.exitCode !== null) throw new Error(readFileSync(places.log, 'utf8').slice(-2000));
    return (await api(places.socket, 'GET', '/_ping')).status === 200;
  });
  await loadBusybox(places.socket);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
    if (signal === 'SIGKILL') await endContainerd(places.runRoot);
  };
  return { ...places, pid: child.pid ?? 0, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

interface Places {
  dataRoot: string;
  runRoot: string;
  socket: string;
  log: string;
}

function spawnDockerd(lab: Lab, places: Places, options: EngineOptions): ChildProcess {
  const output = openSync(places.log, 'a');
  const argv = [
    `--net=${(options.machine ?? lab.host).path}`,
    '--',
    'dockerd',
    ...['--data-root', places.dataRoot, '--exec-root', places.runRoot, '-H', `unix://${places.socket}`],
    ...['-p', `${places.socket}.pid`, '--storage-driver', 'overlay2', '--live-restore'],
    ...(options.flags ?? []),
  ];
  return spawn('nsenter', argv, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...options.env },
  });
}

async function loadBusybox(socket: string): Promise<void> {
  const present = await api(socket, 'GET', '/images/busybox/json');
  if (present.status === 200) return;
  const changes = new URLSearchParams({
    fromSrc: '-',
    repo: 'busybox',
    tag: 'latest',
    changes: 'CMD ["sh"]',
  });
  const answer = await api(socket, 'POST', `/images/create?${changes}`, {
    raw: { content: await busyboxTar(), type: 'application/x-tar' },
  });
  if (answer.status !== 200) throw new Error(`load busybox: ${answer.text}`);
}

/** Its containerd outlives a killed dockerd, but then no longer answers the next one; the shims go on by themselves. */
async function endContainerd(runRoot: string): Promise<void> {
  const pidFile = join(runRoot, 'containerd/containerd.pid');
  if (!existsSync(pidFile)) return;
  const pid = readFileSync(pidFile, 'utf8').trim();
  if (existsSync(`/proc/${pid}`)) process.kill(Number(pid), 'SIGKILL');
  await until('containerd ended', () => !existsSync(`/proc/${pid}/exe`));
  rmSync(pidFile, { force: true });
}
