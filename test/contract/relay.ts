/**
 * A socket between the clients and the daemon. The bytes pass as they are; what they say is read beside them, and
 * each answer is compared with the API's description.
 */
import { connect, createServer, type Socket } from 'node:net';
import { deviationsOf } from './check.ts';
import { differences } from './differences.ts';
import { type Operation, readFacts, type Shape } from './facts.ts';
import { framingOf, type Message, messageReader } from './messages.ts';

export interface Relay {
  readonly socket: string;
  /** Answers compared so far, by operation. */
  readonly compared: ReadonlyMap<string, number>;
  /** Each deviation once: `ContainerInspect 200: State.Pid: missing`. */
  readonly deviations: ReadonlySet<string>;
  close(): void;
}

const { operations, definitions } = readFacts();
// "/containers/json" before "/containers/{id}"; a name of an image may hold slashes.
const patterns = operations
  .map((operation) => ({ operation, pattern: new RegExp(`^${patternOf(operation.path)}$`) }))
  .toSorted((a, b) => count(a.operation.path) - count(b.operation.path));

function patternOf(path: string): string {
  const name = /^\/(images|distribution|plugins)\//.test(path) ? '.+' : '[^/]+';
  return path.replaceAll(/\{\w+\}/g, name);
}

function count(path: string): number {
  return path.split('{').length;
}

export async function openRelay(path: string, daemon: () => string): Promise<Relay> {
  const compared = new Map<string, number>();
  const deviations = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: daemon(), allowHalfOpen: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
    watch(client, upstream, (operation, status, found) => {
      compared.set(operation, (compared.get(operation) ?? 0) + 1);
      for (const line of found.map((each) => `${operation} ${status}: ${each}`))
        if (!differences.some((each) => each.line.test(line))) deviations.add(line);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    socket: path,
    compared,
    deviations,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Tell = (operation: string, status: string, deviations: string[]) => void;

/** Requests and answers of one connection come in the same order. */
function watch(client: Socket, upstream: Socket, tell: Tell): void {
  const asked: string[] = [];
  const onRequest = messageReader(
    ({ first, headers }) => {
      asked.push(first);
      return headers.upgrade ? { kind: 'open' } : framingOf(headers, 'none');
    },
    () => undefined,
  );
  const onAnswer = messageReader(
    ({ first, headers }) => {
      const status = first.split(' ')[1] ?? '';
      if (status === '101') return { kind: 'open' };
      const empty = /^(1..|204|304)$/.test(status) || asked[0]?.startsWith('HEAD ');
      return empty ? { kind: 'none' } : framingOf(headers, 'open');
    },
    (message) => {
      if (!message.first.includes(' 100 ')) compare(asked.shift() ?? '', message, tell);
    },
  );
  client.on('data', onRequest);
  upstream.on('data', onAnswer);
}

function compare(request: string, { first, headers, body }: Message, tell: Tell): void {
  const [method = '', url = ''] = request.split(' ');
  const status = first.split(' ')[1] ?? '';
  const path = url.replace(/[?#].*/, '').replace(/^\/v[0-9.]+(?=\/)/, '');
  const operation = patterns.find(
    (each) => each.operation.method === method && each.pattern.test(path),
  )?.operation;
  if (!operation) return;
  const isJson = headers['content-type']?.startsWith('application/json') ?? false;
  const values = isJson ? valuesOf(body.toString('utf8')) : [];
  const found = answerDeviations(operation, status, values);
  tell(operation.operation, status, found);
}

function answerDeviations({ answers }: Operation, status: string, values: unknown[]): string[] {
  const shape: Shape | null | undefined = answers[status];
  if (shape === undefined) return ['the status is not described'];
  if (shape === null || shape.type === 'string') return [];
  return values.flatMap((value) => deviationsOf(value, shape, definitions));
}

/** One value, or one a line. */
function valuesOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown);
  }
}
