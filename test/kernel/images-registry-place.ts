import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Debian's docker-registry on the loopback of this namespace. */
export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  host: string;
}

export type Access = 'open' | 'basic' | 'tls' | { realm: string; folder: string };

let nextPort = 5000;

export async function openRegistry(access: Access = 'open'): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-registry-'));
  const host = `127.0.0.1:${nextPort++}`;
  writeFileSync(join(folder, 'config.yml'), configuration(folder, host, access));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  await answering(host, child);
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, host: string, access: Access): string {
  const base = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
  };
  const http = { addr: host };
  if (access === 'open') return JSON.stringify({ ...base, http });
  if (access === 'basic') {
    writeFileSync(join(folder, 'htpasswd'), `${passwordLine()}\n`);
    return JSON.stringify({
      ...base,
      http,
      auth: { htpasswd: { realm: 'r', path: join(folder, 'htpasswd') } },
    });
  }
  if (access === 'tls') {
    const { certificate, key } = makeCertificate(folder);
    return JSON.stringify({ ...base, http: { ...http, tls: { certificate, key } } });
  }
  const rootcertbundle = join(access.folder, 'certificate.pem');
  const token = { realm: access.realm, service: 'reg', issuer: 'me', rootcertbundle };
  return JSON.stringify({ ...base, http, auth: { token } });
}

/** htpasswd of user `me`, password `secret`: by bcrypt, the registry reads no other. */
function passwordLine(): string {
  const script =
    "import crypt; print('me:' + crypt.crypt('secret', crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))";
  return execFileSync('python3', ['-W', 'ignore', '-c', script], { encoding: 'utf8' }).trim();
}

function makeCertificate(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files],
    {
      stdio: 'ignore',
    },
  );
  return { certificate, key };
}

async function answering(host: string, child: ChildProcess): Promise<void> {
  const port = Number(host.split(':')[1]);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await delay(20);
  }
}

/** A token server that gives `me` everything and others nothing; it writes down what it was asked for. */
export async function openTokenServer() {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-token-'));
  const { certificate, key } = makeCertificate(folder);
  const privateKey = createPrivateKey(readFileSync(key));
  const x5c = [readFileSync(certificate, 'utf8').replace(/-----[^-]+-----|\s/g, '')];
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const scope = new URL(incoming.url ?? '', 'http://x').searchParams.get('scope') ?? '';
    asked.push(scope);
    const known = incoming.headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`;
    const [type = '', name = '', actions = ''] = scope.split(':');
    const access = known && scope ? [{ type, name, actions: actions.split(',') }] : [];
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'me',
      sub: 'me',
      aud: 'reg',
      exp: now + 60,
      nbf: now - 5,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ typ: 'JWT', alg: 'RS256', x5c })}.${part(claims)}`;
    const signature = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
    outgoing.end(JSON.stringify({ token: `${signed}.${signature}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    folder,
    asked,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Something between client and registry that may spoil answers. */
export async function openBetween(
  host: string,
  spoil: (answer: IncomingMessage, path: string) => Buffer | 'cut' | undefined,
) {
  const asked: IncomingMessage[] = [];
  const [address, port] = host.split(':');
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming);
    const { method, url: path = '', headers } = incoming;
    const upstream = request({ host: address, port, method, path, headers }, (answer) => {
      const spoiled = spoil(answer, path);
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      if (spoiled === undefined) answer.pipe(outgoing);
      else if (spoiled !== 'cut') outgoing.end(spoiled);
      else {
        answer.once('data', (piece) => {
          outgoing.write(piece.subarray(0, 1000));
          setTimeout(() => outgoing.destroy(), 50);
        });
      }
    });
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
