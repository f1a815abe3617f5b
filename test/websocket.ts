/** A WebSocket client over the API's unix socket: RFC 6455 by hand, since the built-in one knows TCP only. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';

export interface WebSocketClient {
  status: number;
  /** Everything that came in messages, until the daemon closed. */
  received: Promise<string>;
  send(text: string): void;
  close(): void;
}

export function openWebSocket(socketPath: string, path: string): Promise<WebSocketClient> {
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      path,
      headers: {
        ...{ Host: 'docker', Connection: 'Upgrade', Upgrade: 'websocket' },
        ...{ 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') },
      },
    });
    call.on('error', reject);
    call.on('response', (answer) => reject(new Error(`answered with ${answer.statusCode}`)));
    call.on('upgrade', (answer, socket, head) => {
      socket.unshift(head);
      resolve({
        status: answer.statusCode ?? 0,
        received: receive(socket),
        send: (text) => socket.write(masked(0x82, Buffer.from(text))),
        close: () => socket.write(masked(0x88, Buffer.from([0x03, 0xe8]))),
      });
    });
    call.end();
  });
}

/** Frames of a client are masked: here with zeros, which leave the payload as it is. */
function masked(first: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

async function receive(socket: Duplex): Promise<string> {
  const bytes = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>));
  let text = '';
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1);
    const [length, start] =
      short === 126
        ? [bytes.readUInt16BE(at + 2), at + 4]
        : short === 127
          ? [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
          : [short, at + 2];
    if (bytes.readUInt8(at) !== 0x88) text += bytes.subarray(start, start + length).toString();
    at = start + length;
  }
  return text;
}
