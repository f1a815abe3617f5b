/** Clients that stay attached to containers that never stop talking. */
import { connect, type Socket } from 'node:net';
import type { Contender } from '../contender.ts';
import { must } from '../fill.ts';

/** A line ten times a second, each with the next number. */
const talk = 'n=0; while :; do echo $n; n=$((n + 1)); sleep 0.1; done';

export interface Attached {
  /** Lines that came, over all clients. */
  lines(): number;
  /** What went wrong: a number that did not follow the last one, a connection that ended. */
  problems: string[];
  close(): void;
}

/** @param clients on `containers` containers, evenly */
export async function attachMany(
  contender: Contender,
  containers: number,
  clients: number,
): Promise<Attached> {
  const problems: string[] = [];
  const sockets: Socket[] = [];
  let lines = 0;
  let closing = false;
  for (let number = 0; number < containers; number++) {
    const body = { Image: 'busybox', Cmd: ['sh', '-c', talk], Tty: true };
    const id = String((await must(contender, 'POST', '/containers/create', body)).Id);
    await must(contender, 'POST', `/containers/${id}/start`);
    for (let client = 0; client < clients / containers; client++) {
      const follow = followNumbers(
        () => lines++,
        (problem) => problems.push(`client ${client} of container ${number}: ${problem}`),
      );
      const socket = attach(contender, id);
      socket.on('data', follow);
      socket.on('error', (error) => problems.push(error.message));
      socket.on('close', () => !closing && problems.push('an attached connection ended'));
      sockets.push(socket);
    }
  }
  return {
    problems,
    lines: () => lines,
    close: () => {
      closing = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function attach({ socket: path }: Contender, id: string): Socket {
  const socket = connect(path);
  const head = `POST /containers/${id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n`;
  socket.write(`${head}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  return socket;
}

/** Takes what comes after the answer's head; the first number may be any, each next one follows. */
function followNumbers(count: () => void, complain: (problem: string) => void): (bytes: Buffer) => void {
  let text = '';
  let inBody = false;
  let last: number | undefined;
  return (bytes) => {
    text += bytes.toString('latin1');
    if (!inBody) {
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      inBody = true;
      text = text.slice(end + 4);
    }
    const parts = text.split('\r\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const next = Number(part);
      if (last !== undefined && next !== last + 1) complain(`${part} after ${last}`);
      last = next;
      count();
    }
  };
}
