/**
 * The API's server: fastify routes what the table lists, one operation a row. Requests that ask for `Upgrade: tcp`
 * come by the server's `upgrade` event and run the same operations.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { apiVersion, type Route, routes } from '@pontoon/api';
import type { Engine } from '@pontoon/engine';
import { Fault, messageOf } from '@pontoon/fault';
import fastify, { type FastifyInstance } from 'fastify';
import { sendAnswer } from './answer.ts';
import type { Call, Operate } from './call.ts';
import { sendFailure, statusOfError } from './failure.ts';
import { carry, takeSocket } from './hijack.ts';
import type { Log } from './log.ts';
import { readTarget } from './target.ts';
import { checkVersion, introduce } from './version.ts';

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
    // Only these: a client that asks for h2c or another protocol on other routes gets its plain HTTP answer.
    http: {
      shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === 'tcp',
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
    if (!('attached' in answer)) return await sendAnswer(response, answer, version);
    const socket = upgraded ?? takeSocket(request);
    if (upgraded) response.detachSocket(request.socket);
    await carry({ socket, upgraded: upgraded !== undefined, body: request }, answer.attached, version);
  } catch (error) {
    if (gone.signal.aborted) return;
    const level = statusOfError(error) >= 500 ? 'error' : 'debug';
    log(level, `${route.operation}: ${messageOf(error)}`, { cause: causeOf(error) });
    sendFailure(response, error);
  }
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
    const matched = matchUpgrade(rewrite(request));
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
      operation === 'ContainerAttach' || operation === 'ExecStart' || operation === 'Session',
  )
  .map((route) => ({ route, pattern: new RegExp(`^${route.path.replace('{id}', '([^/?]+)')}(?:\\?|$)`) }));

function matchUpgrade(url: string): { route: Route; parameters: Record<string, string> } | undefined {
  for (const { route, pattern } of upgradable) {
    const match = pattern.exec(url);
    if (match) return { route, parameters: { id: decodeURIComponent(match[1] ?? '') } };
  }
  return undefined;
}
