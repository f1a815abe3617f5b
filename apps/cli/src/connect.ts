import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { connectEngine, type EngineClient } from '@pontoon/api';
import { Fault } from '@pontoon/fault';

export const DEFAULT_SOCKET = '/run/pontoon/pontoon.sock';

/** `--host`, then PONTOON_HOST, then DOCKER_HOST; undefined for the default socket. */
export function resolveHost(flags: string[], environment = process.env): string | undefined {
  return flags.at(-1) ?? (environment.PONTOON_HOST || environment.DOCKER_HOST || undefined);
}

/** The engine at that place. On the default socket one is started where none answers. */
export async function connectTo(
  host: string | undefined,
  say: (line: string) => void,
): Promise<EngineClient> {
  // Docker's variable for engines that are older than the client.
  const version = process.env.DOCKER_API_VERSION;
  if (host !== undefined) return connectEngine(host, version ? { version } : {});
  if (!(await listens(DEFAULT_SOCKET))) {
    const { startDaemon } = await import('./start-daemon.ts');
    await startDaemon(say);
  }
  return connectEngine(`unix://${DEFAULT_SOCKET}`);
}

/** Where the daemon's first file is, seen from the sources as well as from the bundle in build/. */
export function daemonPath(): string {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const path = join(at, 'apps/daemon/src/main.ts');
    if (existsSync(path)) return path;
  }
  throw new Fault('internal', 'find the daemon: no folder above has apps/daemon/src/main.ts');
}

export function listens(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false);
      else if (error.code === 'EACCES')
        reject(
          new Fault(
            'forbidden',
            `permission denied while trying to connect to the engine's socket ${path}: only root may`,
          ),
        );
      else reject(error);
    });
  });
}
