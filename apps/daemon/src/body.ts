/** JSON bodies: size, type and syntax are refused with the words of dockerd (moby, httputils/httputils.go). */
import type { IncomingMessage } from 'node:http';
import { Fault, messageOf } from '@pontoon/fault';

const limit_bytes = 4 * 1024 * 1024;

/** A body that dockerd would read without complaint: an object. `empty` is the answer to no body at all. */
export async function readJson<T extends object>(request: IncomingMessage, empty?: T): Promise<T> {
  checkType(request);
  const body = await readAll(request);
  if (body.length === 0) {
    if (empty) return empty;
    throw new Fault('invalid', 'invalid JSON: got EOF while reading request body');
  }
  const value = parse(body.toString('utf8'));
  if (value === null) return empty ?? ({} as T);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Fault(
      'invalid',
      `invalid JSON: json: cannot unmarshal ${kindOf(value)} into Go value of type object`,
    );
  }
  return value as T;
}

function checkType(request: IncomingMessage): void {
  const given = request.headers['content-type'] ?? '';
  const length = request.headers['content-length'];
  const empty = length === '0' || (length === undefined && !('transfer-encoding' in request.headers));
  if (given === '' && empty) return;
  if (given.split(';')[0]?.trim().toLowerCase() === 'application/json') return;
  throw given === ''
    ? new Fault('invalid', 'malformed Content-Type header (): mime: no media type')
    : new Fault('invalid', `unsupported Content-Type header (${given}): must be 'application/json'`);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new Fault('invalid', 'http: request body too large');
  if (Number(request.headers['content-length'] ?? 0) > limit_bytes) throw tooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit_bytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('invalid', `invalid JSON: ${syntaxMessage(text, messageOf(cause))}`, { cause });
  }
}

/** Go's words for what V8 says: clients and their tests look for "invalid character". */
function syntaxMessage(text: string, message: string): string {
  if (/end of JSON input|Unterminated|Expected .* at position/.test(message) && endsEarly(text, message)) {
    return 'unexpected EOF';
  }
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const character = Number.isNaN(position) ? /token '(.)'/su.exec(message)?.[1] : text[position];
  return character === undefined
    ? message
    : `invalid character '${character}' looking for beginning of value`;
}

function endsEarly(text: string, message: string): boolean {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined || Number(position) >= text.length;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
