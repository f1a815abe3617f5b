import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReachError } from './errors.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
  /** Where it came from, after redirects. */
  url: URL;
}

export interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Any certificate will do. */
  insecure?: boolean;
  signal?: AbortSignal | undefined;
}

/** Nothing comes for so long: the other side is gone. */
const SILENCE_ms = 60_000;
const REDIRECTS = 5;

/** Proxies as the environment names them: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. */
const proxied = { keepAlive: true, proxyEnv: process.env };
const agents = {
  plain: new HttpAgent(proxied),
  verified: new HttpsAgent(proxied),
  unverified: new HttpsAgent({ ...proxied, rejectUnauthorized: false }),
};

/**
 * One request. Redirects of GET and HEAD are followed; the credentials stay with the host that they are for.
 * @throws {ReachError} with Go's text: Docker's users look those up
 */
export async function send(url: URL, o: Request = {}, redirects = REDIRECTS): Promise<Answer> {
  const answer = await sendOnce(url, o);
  const { location } = answer.headers;
  const method = o.method ?? 'GET';
  const follows = [301, 302, 303, 307, 308].includes(answer.status) && ['GET', 'HEAD'].includes(method);
  if (!follows || location === undefined || redirects === 0) return answer;
  answer.body.resume();
  const next = new URL(location, url);
  const { authorization: _, ...others } = o.headers ?? {};
  return send(next, { ...o, headers: next.host === url.host ? (o.headers ?? {}) : others }, redirects - 1);
}

function sendOnce(url: URL, o: Request): Promise<Answer> {
  const method = o.method ?? 'GET';
  const secure = url.protocol === 'https:';
  const agent = secure ? (o.insecure ? agents.unverified : agents.verified) : agents.plain;
  const headers = { 'user-agent': 'pontoon', ...o.headers };
  const options = { method, headers, agent, signal: o.signal, timeout: SILENCE_ms };
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(url, options);
    request.once('response', (body) =>
      resolve({ status: body.statusCode ?? 0, headers: body.headers, body, url }),
    );
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })),
    );
    request.once('error', (error) => reject(reachError(method, url, error)));
    if (o.body === undefined) request.end();
    else if (o.body instanceof Uint8Array) request.end(o.body);
    else
      pipeline(Readable.from(o.body, { objectMode: false }), request).catch((error) =>
        request.destroy(error),
      );
  });
}

/** The whole body as text; one of over 8 MiB is cut: none of a registry's descriptions is longer. */
export async function textOfBody(body: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > 8 * 1024 * 1024) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

interface NodeError extends Error {
  code?: string;
  address?: string;
  port?: number;
  hostname?: string;
  errors?: NodeError[];
}

/** `Get "https://host/v2/": dial tcp …`, as Go's net/http says it. */
function reachError(method: string, url: URL, error: NodeError): ReachError {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new ReachError(`${verb} "${url.href}": ${goWords(url, error.errors?.[0] ?? error)}`, {
    cause: error,
  });
}

function goWords(url: URL, error: NodeError): string {
  const port = error.port ?? (url.port || (url.protocol === 'https:' ? 443 : 80));
  const address = error.address?.includes(':')
    ? `[${error.address}]:${port}`
    : `${error.address ?? url.hostname}:${port}`;
  switch (error.code) {
    case 'ENOTFOUND':
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`;
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ETIMEDOUT':
      return 'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'http: server gave HTTP response to HTTPS client';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    default:
      return error.message;
  }
}
