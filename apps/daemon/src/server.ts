/**
 * The API's server: fastify routes what the table lists, one operation a row. Requests that ask for `Upgrade: tcp`, or
 * for a WebSocket where there is one, come by the server's `upgrade` event and run the same operations.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { apiVersion, type Route, routes } from '@pontoon/api';
import type { Engine } from '@pontoon/engine';
import { Fault, messageOf } from '@pontoon/fault';
import fastify, { type ConnectionError, type FastifyInstance } from 'fastify';
import { sendAnswer } from './answer.ts';
import type { Call, Operate } from './call.ts';
import { sendFailure, statusOfError } from './failure.ts';
import { carry, takeSocket } from './hijack.ts';
import type { Log } from './log.ts';
import { readTarget } from './target.ts';
import { atLeast, checkVersion, introduce } from './version.ts';
import { carryMessages, opcodes } from './websocket.ts';

export interface Surroundings {
  engine: Engine;
  log: Log;
  /** What answers a row of the table. */
  operationOf(route: Route): Operate;
}

const versions = new WeakMap<IncomingMessage, string>();

export function createServer(surroundings: Surroundings): FastifyInstance {
  const server = fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: 0,
    keepAliveTimeout: 300_000,
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
    rewriteUrl: (request) => rewrite(request as IncomingMessage),
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, _request, reply) => {
      reply.hijack();
      introduce(reply.raw);
      sendFailure(reply.raw, new Fault('invalid', error.message, { cause: error }));
    },
    // Only these: a client that asks for h2c or another protocol on other routes gets its plain HTTP answer.
    http: {
      shouldUpgradeCallback: ({ headers, url = '' }: IncomingMessage) =>
        headers.upgrade?.toLowerCase() === (/\/attach\/ws(\?|$)/.test(url) ? 'websocket' : 'tcp'),
    },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, proceed) => proceed(null, payload));
  for (const route of routes) register(server, route, surroundings);
  server.setNotFoundHandler((_request, reply) => {
    reply.hijack();
    introduce(reply.raw);
    sendFailure(reply.raw, new Fault('not-found', 'page not found'));
  });
  server.setErrorHandler((error, _request, reply) => {
    reply.hijack();
    sendFailure(reply.raw, new Fault('invalid', messageOf(error), { cause: error }));
  });
  acceptUpgrades(server, surroundings);
  return server;
}

/** By Node's codes. */
const unreadable: Record<string, [status: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'request header fields too large'],
  // The head alone has a time limit, Node's: a minute. Bodies may take as long as they need.
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not come in time'],
};

/** What is not HTTP, or has heads without end (Node's limit is 16 KiB): refused in Docker's form, and cut. */
function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] = unreadable[error.code] ?? [
    '400 Bad Request',
    `malformed HTTP request: ${error.message}`,
  ];
  const body = `${JSON.stringify({ message })}\n`;
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: application/json', 'Connection: close'];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  socket.destroySoon();
}

function rewrite(request: IncomingMessage): string {
  const { version, path, query } = readTarget(request.url ?? '/');
  if (version !== undefined) versions.set(request, version);
  return `${path}${query}`;
}

function register(server: FastifyInstance, route: Route, surroundings: Surroundings): void {
  const url = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
  server.route({
    method: route.method,
    url,
    handler: async (request, reply) => {
      reply.hijack();
      const parameters = request.params as Record<string, string>;
      await respond({ ...surroundings, route, parameters }, request.raw, reply.raw);
    },
  });
}

interface Matched extends Surroundings {
  route: Route;
  parameters: Record<string, string>;
}

/** Runs the operation and answers: on the response, or on the socket where the operation wants it. */
async function respond(
  matched: Matched,
  request: IncomingMessage,
  response: ServerResponse,
  upgraded?: Duplex,
): Promise<void> {
  const { log, route, operationOf } = matched;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    introduce(response);
    const version = versions.get(request) ?? apiVersion;
    checkVersion(version);
    const answer = await operationOf(route)(callOf(matched, request, version, gone.signal));
    if (!('attached' in answer || 'messages' in answer)) return await sendAnswer(response, answer, version);
    const socket = upgraded ?? takeSocket(request);
    if (upgraded) response.detachSocket(request.socket);
    if ('attached' in answer) {
      return await carry(
        { socket, upgraded: upgraded !== undefined, body: request },
        answer.attached,
        version,
      );
    }
    await carryMessages(socket, answer.accept, answer.messages, messageKind(version));
  } catch (error) {
    if (gone.signal.aborted) return;
    const level = statusOfError(error) >= 500 ? 'error' : 'debug';
    log(level, `${route.operation}: ${messageOf(error)}`, { cause: causeOf(error) });
    sendFailure(response, error);
  }
}

/** moby, wsContainersAttach: text frames, which must be UTF-8, only for old clients. */
function messageKind(version: string): number {
  return atLeast(version, '1.28') ? opcodes.binary : opcodes.text;
}

/** The kernel's own words, for the log. A thrown value that is no Fault is a defect: its stack tells where. */
function causeOf(error: unknown): string | undefined {
  if (error instanceof Fault) return error.cause === undefined ? undefined : messageOf(error.cause);
  return error instanceof Error ? error.stack : undefined;
}

function callOf(
  { engine, parameters }: Matched,
  request: IncomingMessage,
  version: string,
  signal: AbortSignal,
): Call {
  const query = new URLSearchParams(/\?(.*)/s.exec(request.url ?? '')?.[1] ?? '');
  return { engine, parameters, query, headers: request.headers, version, body: request, signal };
}

function acceptUpgrades(server: FastifyInstance, surroundings: Surroundings): void {
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => response.emit('close'));
    const matched = matchUpgrade(request.method, rewrite(request));
    if (matched) {
      void respond({ ...surroundings, ...matched }, request, response, socket);
      return;
    }
    introduce(response);
    sendFailure(response, new Fault('not-found', 'page not found'));
  });
}

const upgradable = routes
  .filter(
    ({ operation }) =>
      operation === 'ContainerAttach' ||
      operation === 'ContainerAttachWebsocket' ||
      operation === 'ExecStart' ||
      operation === 'Session',
  )
  .map((route) => ({ route, pattern: new RegExp(`^${route.path.replace('{id}', '([^/?]+)')}(?:\\?|$)`) }));

function matchUpgrade(
  method: string | undefined,
  url: string,
): { route: Route; parameters: Record<string, string> } | undefined {
  for (const { route, pattern } of upgradable) {
    const match = route.method === method && pattern.exec(url);
    if (match) return { route, parameters: { id: decoded(match[1] ?? '') } };
  }
  return undefined;
}

/** `%` and two digits each; what is malformed is no container's name either way. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
