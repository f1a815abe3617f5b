import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContainerCreateBody, connectEngine, decodeFrames, type EngineClient } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { type Lab, type Machine, type Output, openLab } from '@pontoon/lab';

/** Where the demo plays: a lab, an engine in its host, a client of it. */
export interface Stage extends AsyncDisposable {
  lab: Lab;
  /** From the daemon's spawn to its first answer. */
  ready_ms: number;
  client: EngineClient;
  /** Starts a container that runs the script under busybox's shell; the answer is its id. */
  start(name: string, network: string, script: string, more?: Partial<ContainerCreateBody>): Promise<string>;
  /** A command in a container, to its end. */
  exec(id: string, ...command: string[]): Promise<Output>;
}

/** A page that tells its reader the address that the server sees: how network address translation shows. */
export const ECHO_ADDRESS = `mkdir -p /www/cgi-bin
printf '#!/bin/sh\\necho; echo $REMOTE_ADDR\\n' > /www/cgi-bin/who
chmod +x /www/cgi-bin/who
exec httpd -f -h /www -p`;

export const idle = 'exec sleep 3600';

export async function openStage(): Promise<Stage> {
  const lab = await openLab();
  try {
    const engine = await lab.startEngine();
    return stageOf(lab, engine.ready_ms, connectEngine(engine.url));
  } catch (error) {
    await lab.close();
    throw error;
  }
}

export function stageOf(lab: Lab, ready_ms: number, client: EngineClient): Stage {
  return {
    ...{ lab, ready_ms, client },
    start: (name, network, script, more = {}) => startContainer(client, name, network, script, more),
    exec: (id, ...command) => runExec(client, id, command),
    [Symbol.asyncDispose]: () => lab.close(),
  };
}

async function startContainer(
  client: EngineClient,
  name: string,
  network: string,
  script: string,
  more: Partial<ContainerCreateBody>,
): Promise<string> {
  const HostConfig = { ...more.HostConfig, NetworkMode: network };
  const body = { Image: 'busybox', Cmd: ['sh', '-c', script], ...more, HostConfig };
  const { Id: id } = await client.call('ContainerCreate', { query: { name }, body });
  await client.call('ContainerStart', { parameters: { id } });
  return id;
}

async function runExec(client: EngineClient, container: string, command: string[]): Promise<Output> {
  const { Id: id } = await client.call('ContainerExec', {
    parameters: { id: container },
    body: { Cmd: command, AttachStdout: true, AttachStderr: true },
  });
  const { socket } = await client.hijack('ExecStart', {
    parameters: { id },
    body: { Detach: false, Tty: false },
  });
  const output = { stdout: '', stderr: '' };
  for await (const { stream, bytes } of decodeFrames(socket))
    output[stream === 'stderr' ? 'stderr' : 'stdout'] += Buffer.from(bytes).toString();
  const { ExitCode } = await client.call('ExecInspect', { parameters: { id } });
  return { status: ExitCode ?? -1, ...output };
}

/** The page that tells the reader's address, served by a machine of the lab on port 80. */
export async function serveOn(machine: Machine, directory: string): Promise<void> {
  const root = join(directory, 'www');
  await mkdir(join(root, 'cgi-bin'), { recursive: true });
  await writeFile(join(root, 'cgi-bin/who'), '#!/bin/sh\necho; echo $REMOTE_ADDR\n', { mode: 0o755 });
  machine.spawn(['busybox', 'httpd', '-f', '-h', root, '-p', '80']);
}

/** Fetches a page, as soon as its server is up: who starts it knows only that it will be. */
export async function fetchPage(fetch: () => Promise<Output>): Promise<string> {
  const deadline = performance.now() + 3000;
  for (;;) {
    const { status, stdout, stderr } = await fetch();
    if (status === 0 && stdout !== '') return lastLine(stdout);
    if (performance.now() > deadline) throw new Fault('internal', stderr.trim() || `status ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Without the headers. The server listens on both families, so the kernel writes an IPv4 address in the form of IPv6. */
const lastLine = (page: string): string =>
  (page.trim().split('\n').at(-1) ?? '').replace(/^\[::ffff:(.*)\]$/, '$1');

/** By nc, since the wget of Debian's static busybox ends by a segmentation fault here and there. */
export const who = (address: string, port = 80): string[] => [
  ...['sh', '-c', `printf 'GET /cgi-bin/who HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 2 ${address} ${port}`],
];
