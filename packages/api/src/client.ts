/**
 * A client of the Engine API over a unix socket or TCP. It imports nothing but node:http, since a CLI's start waits
 * for it; TLS is loaded where it is asked for.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { parseAddress } from './address.ts';
import { faultOf, unreachable } from './answer.ts';
import { decodeLines } from './lines.ts';
import { apiVersion, type Operation, pathOf, routeOf } from './routes.ts';
import type { AnswerOf, BodyOf, Shapes } from './shapes.ts';

export interface ClientOptions {
  /** The API version in the path; '' leaves it out. */
  version?: string;
  headers?: Record<string, string>;
  /** PEM texts: the connection is TLS, with this certificate as the client's. */
  tls?: { ca?: string; cert: string; key: string };
}

type QueryValue =
  | string
  | number
  | boolean
  | readonly string[]
  | Record<string, readonly string[]>
  | undefined;

export interface CallOptions<Body = unknown> {
  /** The `{id}` and `{name}` of the path. */
  parameters?: Record<string, string>;
  /** An array is repeated, an object becomes JSON (filters), undefined is left out. */
  query?: Record<string, QueryValue>;
  body?: Body;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sent as it is instead of a JSON body. */
export interface Upload extends CallOptions {
  content?: { type: string; stream: Readable };
}

/** A connection that left HTTP behind: write is the process's input, read its output. `end()` closes input only. */
export interface Hijacked {
  socket: Duplex;
  /** Raw, or multiplexed: see `decodeFrames`. */
  contentType: string;
}

export class EngineClient {
  readonly url: string;
  readonly #options: ClientOptions;
  readonly #target: { socketPath: string } | { host: string; port: number };
  readonly #agent: Agent;

  constructor(url: string, options: ClientOptions = {}) {
    const address = parseAddress(url);
    this.url = url;
    this.#options = options;
    this.#target =
      address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
    this.#agent = new Agent({ keepAlive: true });
  }

  /** Closes the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** One question, one answer in JSON; undefined where the answer has no body. An error's status becomes a Fault. */
  async call<O extends keyof Shapes>(
    operation: O,
    options: CallOptions<BodyOf<O>> = {},
  ): Promise<AnswerOf<O>> {
    const text = await textOf(await this.open(operation, options));
    return (text === '' ? undefined : JSON.parse(text)) as AnswerOf<O>;
  }

  /** An answer that goes on: one value a line (events, stats, progress). Leaving the loop closes it. */
  async *lines<O extends keyof Shapes>(operation: O, options: Upload = {}): AsyncGenerator<AnswerOf<O>> {
    const answer = await this.open(operation, options);
    try {
      yield* decodeLines<AnswerOf<O>>(answer);
    } finally {
      answer.destroy();
    }
  }

  /** The answer as it comes: logs, archives, and headers such as X-Docker-Container-Path-Stat. */
  async open(operation: Operation, options: Upload = {}): Promise<IncomingMessage> {
    const request = await this.#request(operation, options, {});
    const answered = answerTo(request, this.url);
    if (options.content) options.content.stream.pipe(request);
    else request.end(jsonOf(options.body));
    return accepted(await answered);
  }

  /** Attach and exec start: asks for `Upgrade: tcp`, and takes 200 as well as 101 for a yes. */
  async hijack(
    operation: 'ContainerAttach' | 'ExecStart' | 'ContainerAttachWebsocket',
    options: CallOptions = {},
  ): Promise<Hijacked> {
    const upgrade = { Connection: 'Upgrade', Upgrade: 'tcp' };
    const request = await this.#request(operation, options, upgrade);
    const upgraded = new Promise<Hijacked>((resolve) => {
      request.once('upgrade', (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve({ socket, contentType: answer.headers['content-type'] ?? '' });
      });
    });
    const answered = answerTo(request, this.url).then(async (answer) => {
      await accepted(answer);
      return { socket: answer.socket, contentType: answer.headers['content-type'] ?? '' };
    });
    request.end(jsonOf(options.body));
    return await Promise.race([upgraded, answered]);
  }

  async #request(
    operation: Operation,
    options: Upload,
    extra: Record<string, string>,
  ): Promise<ClientRequest> {
    const route = routeOf(operation);
    const version = this.#options.version ?? apiVersion;
    const prefix = version === '' ? '' : `/v${version}`;
    const common = {
      ...this.#target,
      method: route.method,
      path: `${prefix}${pathOf(route, options.parameters)}${queryOf(options.query)}`,
      headers: {
        Host: 'pontoon',
        ...this.#options.headers,
        ...contentHeaders(options),
        ...options.headers,
        ...extra,
      },
      ...(options.signal && { signal: options.signal }),
    };
    if (!this.#options.tls)
      return openRequest({ ...common, agent: 'Upgrade' in extra ? false : this.#agent });
    const { request } = await import('node:https');
    return request({ ...common, ...this.#options.tls });
  }
}

function contentHeaders(options: Upload): Record<string, string> {
  if (options.content) return { 'Content-Type': options.content.type };
  const text = jsonOf(options.body);
  if (text === undefined) return {};
  return { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
}

function jsonOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

/** `{ all: true, filters: { name: ['a'] } }` → `?all=true&filters=%7B…`. */
export function queryOf(query: Record<string, QueryValue> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) parameters.append(name, item);
    else parameters.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function answerTo(request: ClientRequest, url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (error) => reject(unreachable(url, error)));
  });
}

async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
  const status = answer.statusCode ?? 500;
  if (status < 400) return answer;
  throw faultOf(status, await textOf(answer));
}

async function textOf(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const part of answer) text += part as string;
  return text;
}

/** A client of the engine at this address; nothing is sent yet. */
export function connectEngine(url: string, options: ClientOptions = {}): EngineClient {
  return new EngineClient(url, options);
}
