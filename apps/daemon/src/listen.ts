/** Where the API is reached: unix sockets for root and the group, TCP for who shows a client certificate. */
import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, createServer as createNetServer, type Server as NetServer } from 'node:net';
import { dirname } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { parseAddress } from '@pontoon/api';
import { Fault, messageOf } from '@pontoon/fault';
import type { Options } from './options.ts';

/** Opens one address; its connections are the API server's. Returns what closes it. */
export async function listen(api: Server, host: string, tls: Options['tls']): Promise<() => void> {
  const address = parseAddress(host);
  if (address.kind === 'tcp') return await listenTls(api, address, tls);
  await removeStale(address.path);
  mkdirSync(dirname(address.path), { recursive: true, mode: 0o711 });
  // The first socket is the server's own, so that its checks of slow clients run; further ones pass theirs on.
  const door = api.listening ? relayTo(api) : api;
  const umask = process.umask(0o117);
  await opened(door, { path: address.path }, host).finally(() => process.umask(umask));
  const group = groupOf('pontoon') ?? groupOf('docker');
  if (group !== undefined && process.getuid?.() === 0) chownSync(address.path, 0, group);
  return () => door.close();
}

function relayTo(api: Server): NetServer {
  return createNetServer({ allowHalfOpen: true }, (socket) => api.emit('connection', socket));
}

async function listenTls(
  api: Server,
  { host, port }: { host: string; port: number },
  tls: Options['tls'],
): Promise<() => void> {
  if (!tls) {
    throw new Fault(
      'invalid',
      `--host tcp://${host}:${port}: whoever reaches the API is root, so TCP needs client certificates: --tlscacert, --tlscert, --tlskey`,
    );
  }
  const read = (path: string): Buffer => readFileSync(path);
  const door = createTlsServer({
    ca: read(tls.ca),
    cert: read(tls.cert),
    key: read(tls.key),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    allowHalfOpen: true,
    ALPNProtocols: ['http/1.1'],
  });
  door.on('secureConnection', (socket) => api.emit('connection', socket));
  await opened(door, { host, port }, `tcp://${host}:${port}`);
  return () => door.close();
}

/** A socket that a killed daemon left is removed; one that somebody answers on is not. */
async function removeStale(path: string): Promise<void> {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  if (answered) throw new Fault('conflict', `listen on "${path}": another daemon answers there`);
  rmSync(path, { force: true });
}

function opened(
  server: NetServer,
  address: { path: string } | { host: string; port: number },
  host: string,
): Promise<NetServer> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Fault('internal', `listen on "${host}": ${messageOf(cause)}`, { cause })),
    );
    server.listen(address, () => resolve(server));
  });
}

/** group(5): name:password:gid:members */
function groupOf(name: string): number | undefined {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`${name}:`));
    return line === undefined ? undefined : Number(line.split(':')[2]);
  } catch {
    return undefined;
  }
}
