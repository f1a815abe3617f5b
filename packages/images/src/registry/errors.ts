import { Fault } from '@pontoon/fault';
import { familiarName, familiarRepository, type Reference } from '../reference/parse.ts';

/** A registry said no: OCI distribution-spec, "Error Codes". The message is as Go's client prints it. */
export class RegistryError extends Error {
  readonly status: number;
  /** `DENIED`, `UNAUTHORIZED`, `MANIFEST_UNKNOWN`, `NAME_UNKNOWN` … */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${code.toLowerCase().replaceAll('_', ' ')}: ${message}`);
    this.name = 'RegistryError';
    this.status = status;
    this.code = code;
  }
}

/** A registry could not be asked: nobody answers there, or not in HTTP. */
export class ReachError extends Error {
  override readonly name = 'ReachError';
}

const BY_STATUS: Record<number, [code: string, message: string]> = {
  401: ['UNAUTHORIZED', 'authentication required'],
  403: ['DENIED', 'requested access to the resource is denied'],
  404: ['NAME_UNKNOWN', 'repository name not known to registry'],
  429: ['TOOMANYREQUESTS', 'too many requests'],
};

/** Reads the error of an answer; one without a body is told by its status. */
export function registryError(status: number, body: string): RegistryError {
  const [code, message] = BY_STATUS[status] ?? ['UNKNOWN', `received unexpected HTTP status: ${status}`];
  try {
    const { errors, details } = JSON.parse(body) as {
      errors?: { code?: string; message?: string }[];
      details?: string;
    };
    const [first] = errors ?? [];
    return new RegistryError(status, first?.code ?? code, first?.message ?? details ?? message);
  } catch {
    return new RegistryError(status, code, message);
  }
}

/** What a user is told of a failed pull: moby, distribution/errors.go. */
export function pullFault(error: unknown, reference: Reference): unknown {
  if (error instanceof ReachError) return new Fault('internal', error.message, { cause: error });
  if (!(error instanceof RegistryError)) return error;
  const repository = familiarRepository(reference);
  const fault = (kind: 'not-found' | 'internal', message: string) =>
    new Fault(kind, message, { cause: error });
  switch (error.code) {
    case 'DENIED':
    case 'UNAUTHORIZED':
      return fault(
        'not-found',
        `pull access denied for ${repository}, repository does not exist or may require 'docker login': ${error.message}`,
      );
    case 'MANIFEST_UNKNOWN':
      return fault('not-found', `manifest for ${familiarName(reference)} not found: ${error.message}`);
    case 'NAME_UNKNOWN':
      return fault('not-found', `repository ${repository} not found: ${error.message}`);
    default:
      return fault('internal', error.message);
  }
}

/** What a user is told of a failed push, login or look at a registry: the registry's own words. */
export function plainFault(error: unknown): unknown {
  if (error instanceof ReachError) return new Fault('internal', error.message, { cause: error });
  if (!(error instanceof RegistryError)) return error;
  const kinds = { 401: 'unauthorized', 403: 'forbidden', 404: 'not-found' } as const;
  const kind = kinds[error.status as keyof typeof kinds] ?? 'internal';
  return new Fault(kind, error.message, { cause: error });
}
