// Attach over a WebSocket, and streams whose readers are slow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { until } from '../until.ts';
import { openWebSocket } from '../websocket.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;

test('attach over a WebSocket carries both ways, and ends with the process', async () => {
  const id = await docker('create', '-i', 'busybox', 'sh', '-c', 'echo first; read x; echo "got $x" >&2');
  const query = 'stream=1&stdin=1&stdout=1&stderr=1';
  const client = await openWebSocket(engine.socket, `/containers/${id}/attach/ws?${query}`);
  assert.equal(client.status, 101);
  await docker('start', id);
  client.send('word\n');
  assert.equal(await client.received, 'first\ngot word\n');
  await docker('rm', '-f', id);
});

test(
  'a WebSocket client that leaves ends the attachment, not the container',
  pontoonOnly('leaves a close frame unanswered'),
  async () => {
    const id = await docker('run', '-d', 'busybox', 'sleep', '1000');
    const client = await openWebSocket(engine.socket, `/containers/${id}/attach/ws?stream=1&stdout=1`);
    client.close();
    assert.equal(await client.received, '');
    assert.equal(await docker('inspect', '-f', '{{.State.Running}}', id), 'true');
    await docker('rm', '-f', id);
  },
);

test('without a handshake there is no attachment', async () => {
  const id = await docker('create', 'busybox', 'true');
  const { status } = await engine.api('GET', `/containers/${id}/attach/ws`);
  assert.equal(status, 400);
  await docker('rm', id);
});

/** A client that asks and then reads nothing until it is told to. */
function idle(method: string, path: string): Socket {
  const socket = connect(engine.socket);
  socket.on('error', () => undefined);
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n`);
  return socket;
}

/** Resident memory of the daemon, proc_pid_status(5). */
function resident_mib(): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${engine.pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

const written_mib = 100;

/** Writes that much, as lines, then a last word on stderr. */
const talker = [
  ...['sh', '-c'],
  `yes ${'x'.repeat(1000)} | dd bs=64k count=${written_mib * 16} iflag=fullblock 2>/dev/null; echo end >&2; sleep 1000`,
];

async function hasEnded(id: string): Promise<boolean> {
  const { stderr } = await engine.attempt(['logs', '--tail', '1', id]);
  return stderr.includes('end');
}

/** The most that the daemon has grown by until the container has said its last word. */
async function growth_mib(id: string): Promise<number> {
  const before_mib = resident_mib();
  let most_mib = before_mib;
  await until(
    'the container’s last word',
    () => {
      most_mib = Math.max(most_mib, resident_mib());
      return hasEnded(id);
    },
    70,
  );
  return most_mib - before_mib;
}

const slow = pontoonOnly('takes minutes for 100 MB of lines');

test('logs -f that nobody reads cost bounded memory and do not slow the container', slow, async () => {
  const id = await docker('run', '-d', '--log-opt', 'max-size=20m', 'busybox', ...talker);
  const readers = Array.from({ length: 8 }, () =>
    idle('GET', `/containers/${id}/logs?follow=1&stdout=1&stderr=1`),
  );
  const grown_mib = await growth_mib(id);
  // Without back-pressure eight readers would be owed 800 MiB.
  assert.ok(grown_mib < 300, `the daemon grew by ${grown_mib.toFixed(0)} MiB`);
  for (const socket of readers) socket.destroy();
  await docker('rm', '-f', id);
});

test(
  'attach that nobody reads holds its own container as a terminal would, and nobody else',
  slow,
  async () => {
    const id = await docker('create', 'busybox', ...talker);
    const readers = Array.from({ length: 4 }, () =>
      idle('POST', `/containers/${id}/attach?stream=1&stdout=1&stderr=1`),
    );
    const before_mib = resident_mib();
    await docker('start', id);
    assert.equal(await docker('run', '--rm', 'busybox', 'echo', 'word'), 'word');
    for (const socket of readers) socket.destroy();
    const grown_mib = await growth_mib(id);
    assert.ok(resident_mib() - before_mib < 300, `the daemon grew by ${grown_mib.toFixed(0)} MiB`);
    await docker('rm', '-f', id);
  },
);
