/** The whole program, as a user calls it, before an engine whose answers are scripted. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { encodeFrame, multiplexedStream } from '@pontoon/api';

/** `POST /containers/create` → status and body; `UPGRADE …` → what the process writes before it ends. */
type Script = Record<string, { status?: number; body?: unknown } | ((socket: Duplex) => void)>;

interface Ran {
  status: number;
  stdout: string;
  stderr: string;
  /** What was asked, in order: `POST /containers/create`. */
  asked: string[];
}

async function pontoon(argv: string[], script: Script = {}, input = ''): Promise<Ran> {
  const directory = mkdtempSync(join(tmpdir(), 'pontoon-cli-'));
  const socketPath = join(directory, 'engine.sock');
  const asked: string[] = [];
  const nameOf = ({ method, url = '' }: IncomingMessage) =>
    `${method} ${url.replace(/^\/v[\d.]+/, '').split('?')[0]}`;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(nameOf(request));
    const answer = script[nameOf(request)];
    const { status = 200, body } =
      typeof answer === 'object' ? answer : { status: 404, body: { message: 'page not found' } };
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    asked.push(nameOf(request));
    socket.write(
      `HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: ${multiplexedStream}\r\n\r\n`,
    );
    const answer = script[`UPGRADE ${nameOf(request).split(' ')[1]}`];
    if (typeof answer === 'function') answer(socket);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  try {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, ['--no-warnings', main, '--host', `unix://${socketPath}`, ...argv]);
    child.stdin.end(input);
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { status, stdout, stderr, asked };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  }
}

const running: Script = {
  'POST /containers/create': { status: 201, body: { Id: 'c1', Warnings: ['careful'] } },
  'POST /containers/c1/wait': { body: { StatusCode: 7 } },
  'POST /containers/c1/start': { status: 204 },
  'UPGRADE /containers/c1/attach': (socket) => {
    socket.write(encodeFrame('stdout', Buffer.from('out\n')));
    socket.end(encodeFrame('stderr', Buffer.from('err\n')));
  },
};

test('run keeps the two outputs apart, tells warnings, and ends with the status of the process', async () => {
  const { status, stdout, stderr, asked } = await pontoon(['run', 'busybox', 'true'], running);
  assert.deepEqual([status, stdout, stderr], [7, 'out\n', 'WARNING: careful\nerr\n']);
  assert.equal(asked.at(-1), 'POST /containers/c1/start', 'attach and wait come before the start');
});

test('run -d prints the id and attaches to nothing', async () => {
  const { status, stdout, asked } = await pontoon(['run', '-d', 'busybox'], running);
  assert.deepEqual([status, stdout], [0, 'c1\n']);
  assert.deepEqual(asked, ['POST /containers/create', 'POST /containers/c1/start']);
});

test('run -i passes its input on, and the end of it', async () => {
  const script: Script = {
    ...running,
    'UPGRADE /containers/c1/attach': (socket) => {
      let read = '';
      socket.on('data', (bytes) => {
        read += bytes;
      });
      socket.on('end', () => socket.end(encodeFrame('stdout', Buffer.from(read.toUpperCase()))));
    },
  };
  assert.equal((await pontoon(['run', '-i', 'busybox', 'cat'], script, 'hello\n')).stdout, 'HELLO\n');
});

const failures: [message: string, status: number][] = [
  ['exec: "nope": executable file not found in $PATH: unknown', 127],
  ['exec: "/etc": permission denied: unknown', 126],
  ['Conflict. The container name "/web" is already in use', 125],
];

for (const [message, status] of failures)
  test(`run ends with ${status} where the start fails with: ${message}`, async () => {
    const script = { ...running, 'POST /containers/c1/start': { status: 400, body: { message } } };
    const ran = await pontoon(['run', 'busybox', 'nope'], script);
    assert.equal(ran.status, status);
    assert.equal(
      ran.stderr,
      `WARNING: careful\npontoon: ${message}\n\nRun 'pontoon run --help' for more information\n`,
    );
  });

test('an image that is missing is pulled, and what the registry says is the error', async () => {
  const script: Script = {
    'POST /containers/create': { status: 404, body: { message: 'No such image: nope:latest' } },
    'POST /images/create': { status: 404, body: { message: 'pull access denied for nope' } },
  };
  const { status, stderr, asked } = await pontoon(['run', 'nope'], script);
  assert.equal(status, 125);
  assert.match(stderr, /^Unable to find image 'nope:latest' locally\npontoon: pull access denied for nope\n/);
  assert.deepEqual(asked, ['POST /containers/create', 'POST /images/create']);
  assert.deepEqual((await pontoon(['run', '--pull', 'never', 'nope'], script)).asked, [
    'POST /containers/create',
  ]);
});

test('a verb on many goes on where one fails, and ends with 1', async () => {
  const script: Script = {
    'POST /containers/a/stop': { status: 404, body: { message: 'No such container: a' } },
    'POST /containers/b/stop': { status: 204 },
  };
  const { status, stdout, stderr } = await pontoon(['stop', 'a', 'b'], script);
  assert.deepEqual([status, stdout, stderr], [1, 'b\n', 'pontoon: No such container: a\n']);
});

test('what is wrong with the command line is answered without asking the engine', async () => {
  const wrong: [argv: string[], status: number, message: RegExp][] = [
    [
      ['run'],
      1,
      /^pontoon: 'pontoon run' requires at least 1 argument\n\nUsage: {2}pontoon run \[OPTIONS\] IMAGE/,
    ],
    [['run', '--foo', 'x'], 125, /^unknown flag: --foo\n\nUsage: {2}pontoon run/],
    [['run', '-p', '80:x', 'x'], 125, /^pontoon: invalid containerPort: x\n\nRun 'pontoon run --help'/],
    [['run', '-it', 'x'], 1, /^the input device is not a TTY\n$/],
    [['ps', 'x'], 1, /^pontoon: 'pontoon ps' accepts no arguments/],
    [['network', 'create', 'a', 'b'], 1, /^pontoon: 'pontoon network create' requires 1 argument/],
    [['nope'], 1, /^pontoon: unknown command: pontoon nope\n/],
    [['network', 'nope'], 1, /^pontoon: unknown command: pontoon network nope\n/],
    [['inspect', '-f', '{{', 'x'], 64, /^template parsing error: template: :1: unclosed action\n$/],
    [['cp', 'a', 'b'], 1, /^must specify at least one container source\n$/],
  ];
  for (const [argv, status, message] of wrong) {
    const ran = await pontoon(argv);
    assert.deepEqual([ran.status, ran.asked], [status, []], argv.join(' '));
    assert.match(ran.stderr, message);
  }
});

test('where no engine answers, the message says where it was looked for', async () => {
  const child = spawn(process.execPath, [
    '--no-warnings',
    join(import.meta.dirname, 'main.ts'),
    '-H',
    'unix:///nope.sock',
    'ps',
  ]);
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(status, 1);
  assert.match(stderr, /^pontoon: Cannot connect to .*unix:\/\/\/nope\.sock/);
});

test('network check ends with 1 while something differs, and with 0 once it is mended', async () => {
  const finding = {
    Kind: 'route',
    Subject: 'default',
    Problem: 'missing',
    Detail: 'via 172.17.0.1',
    Repaired: false,
  };
  const script: Script = {
    'GET /networks/check': { body: { Findings: [finding] } },
    'POST /networks/repair': { body: { Findings: [{ ...finding, Repaired: true }] } },
  };
  const before = await pontoon(['network', 'check'], script);
  assert.deepEqual([before.status, before.stdout], [1, 'missing   route   default   via 172.17.0.1\n']);
  assert.equal((await pontoon(['network', 'check', '--repair'], script)).status, 0);
});
