import { Fault } from '@pontoon/fault';
import type { RegistryAuth } from './authorize.ts';
import { endpointsOf, type RegistrySettings } from './endpoint.ts';
import { plainFault, ReachError, RegistryError } from './errors.ts';
import { Session } from './session.ts';

/**
 * POST /auth: whether a registry takes the credentials.
 * @throws {Fault} unauthorized
 */
export async function login(
  settings: RegistrySettings,
  auth: RegistryAuth,
): Promise<{ Status: string; IdentityToken: string }> {
  const server = (auth.serveraddress ?? '').replace(/^https?:\/\//, '').split('/')[0] || 'docker.io';
  const domain = /^(index\.|registry-1\.)?docker\.io$/.test(server) ? 'docker.io' : server;
  let last: unknown;
  for (const endpoint of endpointsOf(domain, settings).filter(({ mirror }) => !mirror)) {
    try {
      await new Session(endpoint, '', { auth }).open();
      return { Status: 'Login Succeeded', IdentityToken: '' };
    } catch (error) {
      last = refusal(error, endpoint.origin);
      if (!(error instanceof ReachError)) break;
    }
  }
  throw plainFault(last);
}

function refusal(error: unknown, origin: string): unknown {
  if (!(error instanceof RegistryError) || ![401, 403].includes(error.status)) return error;
  const text = `login attempt to ${origin}/v2/ failed with status: 401 Unauthorized`;
  return new Fault('unauthorized', text, { cause: error });
}
