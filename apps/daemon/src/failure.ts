/** Errors as answers: `{"message": …}` with the status of the Fault's kind; what is no Fault is 500. */
import type { ServerResponse } from 'node:http';
import { statusOf } from '@pontoon/api';
import { Fault, messageOf } from '@pontoon/fault';

export function statusOfError(error: unknown): number {
  return error instanceof Fault ? statusOf(error.kind) : 500;
}

/** Too late where the answer has begun: then the connection is cut, so that nobody takes the part for the whole. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = statusOfError(error);
  if (status === 304) {
    response.writeHead(304).end();
    return;
  }
  const body = `${JSON.stringify({ message: messageOf(error) || 'internal error' })}\n`;
  // A body that was refused unread (100 MB of it, maybe) is not waited for: the connection ends with the answer.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
