import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AuthConfig } from '@pontoon/api';

interface Config {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
}

export const DEFAULT_REGISTRY = 'https://index.docker.io/v1/';

/** The file that Docker's client keeps too: a login there counts here. */
const configPath = (): string => join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');

/** The header that carries the login for an image's registry; none where there is no login. */
export function credentialsFor(image: string): Record<string, string> {
  const server = registryOf(image);
  const auth = stored()[server];
  if (!auth) return {};
  return { 'X-Registry-Auth': Buffer.from(JSON.stringify(auth)).toString('base64url') };
}

/** `registry.example:5000/app` → its registry; a first part without dot or colon is a user of the default one. */
export function registryOf(image: string): string {
  const [first = ''] = image.split('/', 1);
  const isHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isHost && first !== 'docker.io' ? first : DEFAULT_REGISTRY;
}

export function saveCredentials(server: string, { username, password, identitytoken }: AuthConfig): void {
  const config = read();
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const entry = identitytoken ? { auth, identitytoken } : { auth };
  write({ ...config, auths: { ...config.auths, [server]: entry } });
}

/** Whether there was one. */
export function dropCredentials(server: string): boolean {
  const config = read();
  if (!config.auths?.[server]) return false;
  delete config.auths[server];
  write(config);
  return true;
}

function stored(): Record<string, AuthConfig> {
  const entries = Object.entries(read().auths ?? {}).map(([server, { auth = '', identitytoken }]) => {
    const [, username = '', password = ''] =
      /^([^:]*):([\s\S]*)$/.exec(Buffer.from(auth, 'base64').toString()) ?? [];
    return [
      server,
      { username, password, serveraddress: server, ...(identitytoken ? { identitytoken } : {}) },
    ];
  });
  return Object.fromEntries(entries);
}

function read(): Config {
  try {
    return JSON.parse(readFileSync(configPath(), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function write(config: Config): void {
  mkdirSync(dirname(configPath()), { recursive: true, mode: 0o700 });
  writeFileSync(configPath(), `${JSON.stringify(config, null, '\t')}\n`, { mode: 0o600 });
}
