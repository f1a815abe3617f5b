/** Small services that run in a busybox container, and the ways to ask them. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Machine } from '@pontoon/lab';
import { command, succeed } from './command.ts';
import type { EngineUnderTest } from './engine.ts';
import { until } from './until.ts';

/** A web server on `port` that answers /cgi-bin/who with `<hostname> <client's address>`. */
export function webServer(port = 80): string[] {
  const page = '#!/bin/sh\necho "Content-Type: text/plain"\necho\necho "$(hostname) $REMOTE_ADDR"';
  const write = `mkdir -p /www/cgi-bin; cat >/www/cgi-bin/who <<'END'\n${page}\nEND\nchmod +x /www/cgi-bin/who`;
  return ['sh', '-c', `${write}; exec httpd -f -p ${port} -h /www`];
}

/** The same server on a machine of the lab, which has its busybox under one name only. */
export function serveOn(engine: EngineUnderTest, machine: Machine, port: number): ChildProcess {
  const script = webServer(port).at(-1) ?? '';
  const own = script
    .replaceAll('/www', `${engine.lab.directory}/www-${port}`)
    .replace('exec', 'exec busybox');
  return machine.spawn(['sh', '-c', own]);
}

/** HTTP by hand: Debian's static busybox has a wget that crashes. */
function get(address: string): string {
  const [host, port] = splitAddress(address);
  return `printf 'GET /cgi-bin/who HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 10 ${host} ${port}`;
}

/** `[2001:db8::1]:80`, `198.51.100.2:80` or an address without a port. */
function splitAddress(address: string): [string, string] {
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(address);
  return [match?.[1] ?? '', match?.[2] ?? '80'];
}

/** The page's text, with an IPv4 client's address as IPv4 writes it. */
function pageOf(text: string): string | undefined {
  const [, body] = text.split(/\r?\n\r?\n/);
  return body?.trim().replace(/\[?::ffff:([\d.]+)\]?/, '$1') || undefined;
}

/** Fetches from a machine until the server answers: `<hostname> <address it saw>`. */
export function fetchFrom(machine: Machine, address: string): Promise<string> {
  return until(`an answer from ${address}`, async () => {
    const { stdout, stderr } = await machine.attempt(['sh', '-c', get(address)]);
    const page = pageOf(stdout);
    if (page === undefined) throw new Error(stdout + stderr);
    return page;
  });
}

/** Fetches from inside a container. */
export function fetchIn(engine: EngineUnderTest, container: string, address: string): Promise<string> {
  return until(`an answer from ${address} in ${container}`, async () => {
    const { stdout, stderr } = await engine.attempt(['exec', container, 'sh', '-c', get(address)]);
    const page = pageOf(stdout);
    if (page === undefined) throw new Error(stdout + stderr);
    return page;
  });
}

/** Whether a connection is refused or dropped: a short limit, for nothing is expected to answer. */
export async function cannotFetch(machine: Machine, address: string): Promise<boolean> {
  const { stdout } = await machine.attempt(['timeout', '2', 'sh', '-c', get(address)]);
  return pageOf(stdout) === undefined;
}

/** The same in a container. */
export async function cannotFetchIn(
  engine: EngineUnderTest,
  container: string,
  address: string,
): Promise<boolean> {
  const { stdout } = await engine.attempt(['exec', container, 'timeout', '2', 'sh', '-c', get(address)]);
  return pageOf(stdout) === undefined;
}

/** Removes all containers that a test made: the next one starts from nothing. */
export async function removeContainers(engine: EngineUnderTest, except: string[] = []): Promise<void> {
  const list = JSON.parse((await engine.api('GET', '/containers/json?all=1')).text) as {
    Id: string;
    Names: string[];
  }[];
  for (const { Id, Names } of list) {
    if (except.some((keep) => Id === keep || Names.includes(`/${keep}`))) continue;
    await engine.api('DELETE', `/containers/${Id}?force=1&v=1`);
  }
}

/** Sends lines of text by UDP until something comes back. A datagram may be lost before the server listens. */
export function askByUdp(machine: Pick<Machine, 'attempt'>, address: string, port: number): Promise<string> {
  return until(`a datagram from ${address}:${port}`, async () => {
    const ask = `exec 3<>/dev/udp/${address}/${port}; echo ping >&3; timeout 2 head -n 1 <&3`;
    const { stdout } = await machine.attempt(['bash', '-c', ask]);
    return stdout !== '' && stdout.trim();
  });
}

/**
 * A server in a container's network namespace that answers each datagram with its text and where it came from.
 * busybox has none, so it is a process of this machine.
 */
export async function udpServer(
  engine: EngineUnderTest,
  container: string,
  port: number,
  family: 'udp4' | 'udp6' = 'udp4',
): Promise<void> {
  const pid = await inspect(engine, container, '{{.State.Pid}}');
  const script = `require('node:dgram').createSocket('${family}').on('message', function (text, from) {
    this.send(\`\${String(text).trim()} from \${from.address}\\n\`, from.port, from.address);
  }).bind(${port})`;
  // Named by the lab's directory, so that the lab ends it.
  spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', script, engine.lab.directory], {
    stdio: 'ignore',
  }).unref();
  await until('the server listens', async () => {
    const listening = await succeed([
      'nsenter',
      `--net=/proc/${pid}/ns/net`,
      'ss',
      '-Hlun',
      `sport = :${port}`,
    ]);
    return listening !== '';
  });
}

/** Commands in a container's network namespace that the container itself does not have. */
export async function networkOf(
  engine: EngineUnderTest,
  container: string,
): Promise<Pick<Machine, 'attempt'>> {
  const pid = await inspect(engine, container, '{{.State.Pid}}');
  return {
    attempt: async (argv) => {
      const { code, stdout, stderr } = await command(['nsenter', `--net=/proc/${pid}/ns/net`, ...argv]);
      return { status: code, stdout, stderr };
    },
  };
}

/** The first address of a container on the default bridge. */
export function addressOf(engine: EngineUnderTest, container: string): Promise<string> {
  return engine.docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
}

/** What `docker inspect -f` prints. */
export function inspect(engine: EngineUnderTest, container: string, template: string): Promise<string> {
  return engine.docker('inspect', '-f', template, container);
}

/** A container that stays: it sleeps until it is killed, and ends at once on SIGTERM. */
export const staying = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done'];
