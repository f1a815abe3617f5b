/** From an answer's status to a Fault, and the way back: one table for the daemon and its clients. */
import { Fault, type FaultKind } from '@pontoon/fault';
import type { ErrorResponse } from './types/system.ts';

const statuses: Record<FaultKind, number> = {
  'not-modified': 304,
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
};

const kinds = new Map(Object.entries(statuses).map(([kind, status]) => [status, kind as FaultKind]));

export function statusOf(kind: FaultKind): number {
  return statuses[kind];
}

/** The Fault that an answer of this status (400 and above) tells; a body that is not Docker's error is the message. */
export function faultOf(status: number, text: string): Fault {
  const kind = kinds.get(status) ?? (status < 500 ? 'invalid' : 'internal');
  return new Fault(kind, errorMessage(text) ?? (text.trim() || `the engine answered with status ${status}`));
}

function errorMessage(text: string): string | undefined {
  try {
    return (JSON.parse(text) as Partial<ErrorResponse>).message;
  } catch {
    return undefined;
  }
}

/** What Docker's client says where nobody answers. */
export function unreachable(url: string, cause: NodeJS.ErrnoException): Error {
  if (cause.name === 'AbortError') return cause;
  if (cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT') {
    return new Fault(
      'unavailable',
      `Cannot connect to the Docker daemon at ${url}. Is the docker daemon running?`,
      {
        cause,
      },
    );
  }
  if (cause.code === 'EACCES') {
    return new Fault(
      'unavailable',
      `permission denied while trying to connect to the Docker daemon socket at ${url}`,
      {
        cause,
      },
    );
  }
  return new Fault('internal', `error during connect: ${cause.message}`, { cause });
}
