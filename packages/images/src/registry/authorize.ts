import { RegistryError, registryError } from './errors.ts';
import { send, textOfBody } from './request.ts';

/** Who asks: header X-Registry-Auth of the Engine API, decoded. */
export interface RegistryAuth {
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
  serveraddress?: string;
}

/** What a registry wants to know first: RFC 9110, WWW-Authenticate. */
export interface Challenge {
  scheme: 'basic' | 'bearer';
  parameters: Record<string, string>;
}

export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, word = '', rest = ''] = /^\s*(basic|bearer)\b\s*(.*)$/is.exec(header ?? '') ?? [];
  if (word === '') return undefined;
  const found = rest.matchAll(/([a-zA-Z_]+)=(?:"((?:\\.|[^"\\])*)"|([^\s,"]+))/g);
  const parameters = Object.fromEntries(
    [...found].map(([, key, quoted, plain]) => [key, quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '']),
  );
  return { scheme: word.toLowerCase() as Challenge['scheme'], parameters };
}

export interface Asking {
  auth: RegistryAuth | undefined;
  /** `repository:library/busybox:pull` */
  scope: string | undefined;
  insecure: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * The header Authorization that answers a challenge: Basic, or a token from the server that it names (distribution,
 * docs/spec/auth/token.md; with an identity token auth/oauth.md).
 * @throws {RegistryError} where it is refused
 */
export async function authorize(challenge: Challenge, o: Asking): Promise<string> {
  if (o.auth?.registrytoken) return `Bearer ${o.auth.registrytoken}`;
  if (challenge.scheme === 'bearer') return `Bearer ${await fetchToken(challenge.parameters, o)}`;
  const header = basic(o.auth);
  if (header === undefined) throw new RegistryError(401, 'UNAUTHORIZED', 'no basic auth credentials');
  return header;
}

function basic(auth: RegistryAuth | undefined): string | undefined {
  if (!auth?.username) return undefined;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password ?? ''}`).toString('base64')}`;
}

async function fetchToken({ realm, service }: Record<string, string>, o: Asking): Promise<string> {
  if (!realm) throw new RegistryError(401, 'UNAUTHORIZED', 'the registry names no token server');
  const answer = o.auth?.identitytoken ? await refresh(realm, service, o) : await ask(realm, service, o);
  const body = (await textOfBody(answer.body)).toString();
  if (answer.status !== 200) throw registryError(answer.status, body);
  const { token, access_token } = JSON.parse(body) as { token?: string; access_token?: string };
  const given = token || access_token;
  if (!given)
    throw new RegistryError(
      401,
      'UNAUTHORIZED',
      'authorization server did not include a token in the response',
    );
  return given;
}

function ask(realm: string, service: string | undefined, o: Asking) {
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  if (o.scope) url.searchParams.set('scope', o.scope);
  if (o.auth?.username) url.searchParams.set('account', o.auth.username);
  const authorization = basic(o.auth);
  return send(url, {
    insecure: o.insecure,
    signal: o.signal,
    headers: authorization === undefined ? {} : { authorization },
  });
}

function refresh(realm: string, service: string | undefined, o: Asking) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: service ?? '',
    client_id: 'pontoon',
    refresh_token: o.auth?.identitytoken ?? '',
    ...(o.scope === undefined ? {} : { scope: o.scope }),
  });
  return send(new URL(realm), {
    method: 'POST',
    insecure: o.insecure,
    signal: o.signal,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  });
}
