import { createSocket, type Socket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { bindPort, inNamespace } from '@pontoon/sys';

/** For one server; then the next one is asked, while an answer of this one still counts. */
const PATIENCE_MS = 1500;
/** A server that answers after this is too late: resolv.conf(5) waits 5 s by default. */
const LIMIT_MS = 4500;
const DNS_PORT = 53;

/**
 * Asks the servers, one after the other until one answers.
 * @param query as it came: its id is kept
 * @param place path of the namespace to ask from; our own where absent
 * @returns the answer as it came; undefined where none came in 4.5 s
 */
export function forward(
  query: Buffer,
  o: { servers: string[]; place: string | undefined; transport: 'udp' | 'tcp' },
): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const attempts: { close(): void }[] = [];
  const waiting = [...o.servers];
  let timer: NodeJS.Timeout | undefined;
  let failed = 0;
  let settled = false;
  const settle = (answer: Buffer | undefined) => {
    settled = true;
    clearTimeout(timer);
    clearTimeout(limit);
    for (const attempt of attempts) attempt.close();
    resolve(answer);
  };
  const fail = () => {
    failed++;
    if (settled) return;
    if (waiting.length > 0) next();
    else if (failed === attempts.length) settle(undefined);
  };
  const next = () => {
    clearTimeout(timer);
    const server = waiting.shift();
    if (server === undefined) return;
    timer = setTimeout(next, PATIENCE_MS);
    const ask = o.transport === 'udp' ? askByDatagram : askByStream;
    attempts.push(ask(query, server, o.place, settle, fail));
  };
  const limit = setTimeout(settle, LIMIT_MS, undefined);
  if (waiting.length === 0) settle(undefined);
  else next();
  return promise;
}

type Ask = (
  query: Buffer,
  server: string,
  place: string | undefined,
  done: (answer: Buffer) => void,
  fail: () => void,
) => { close(): void };

/** A socket, and with it a port, for each question: the port is part of what a forger must guess (RFC 5452). */
const askByDatagram: Ask = (query, server, place, done, fail) => {
  let socket: Socket | undefined;
  let over = false;
  const close = () => {
    if (over) return;
    over = true;
    socket?.close();
  };
  const give = () => {
    if (over) return;
    close();
    // Not in this turn: the caller has not yet noted the attempt.
    setImmediate(fail);
  };
  try {
    socket = openDatagram(server, place);
    socket.on('error', give);
    // Connected, so that only this server is heard, and ICMP's "unreachable" too.
    socket.connect(DNS_PORT, server, () => socket?.send(query, (error) => error && give()));
    socket.on('message', (answer) => {
      if (!over && answer.length >= 12 && answer.readUInt16BE(0) === query.readUInt16BE(0)) done(answer);
    });
  } catch {
    give();
  }
  return { close };
};

function openDatagram(server: string, place: string | undefined): Socket {
  const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
  if (place === undefined) return socket;
  const address = isIPv6(server) ? '::' : '0.0.0.0';
  const bound = inNamespace(place, () => bindPort({ protocol: 'udp', address, port: 0 }));
  socket.bind({ fd: bound.descriptor });
  return socket;
}

/** RFC 1035, section 4.2.2: each message after its length. From inside there is no TCP: such a question ends unanswered. */
const askByStream: Ask = (query, server, place, done, fail) => {
  if (place !== undefined) return askByDatagram(query, server, place, done, fail);
  const socket = connect({ host: server, port: DNS_PORT });
  let received: Buffer = Buffer.alloc(0);
  socket.on('error', fail);
  socket.on('connect', () => void socket.write(framed(query)));
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    const [answer] = takeMessages(received).messages;
    if (answer) done(answer);
  });
  return { close: () => void socket.destroy() };
};

export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Cuts whole messages off a stream. */
export function takeMessages(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const end = offset + 2 + bytes.readUInt16BE(offset);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  return { messages, rest: bytes.subarray(offset) };
}
