/**
 * What went wrong, in the terms of whoever asked. The kind decides the status of the answer (see `statusOf` in the
 * daemon) or the exit code; the message is the one line that the user sees; the cause keeps the kernel's own words.
 */
export type FaultKind =
  | 'invalid' // the request makes no sense: 400
  | 'unauthorized' // credentials missing or wrong: 401
  | 'forbidden' // understood and refused: 403
  | 'not-found' // 404
  | 'conflict' // the present state does not allow it: 409
  | 'not-modified' // nothing to do: 304
  | 'internal' // 500
  | 'not-implemented' // 501
  | 'unavailable'; // 503

export class Fault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Fault';
    this.kind = kind;
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
