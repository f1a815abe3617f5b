/** Puts an operation's answer on the wire. Long answers keep the reader's pace. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { encodeFrame, multiplexedStream, rawStream } from '@pontoon/api';
import { messageOf } from '@pontoon/fault';
import type { Answer, Streams } from './call.ts';
import { written } from './pace.ts';
import { atLeast } from './version.ts';

export type Plain = Exclude<Answer, { attached: unknown } | { messages: unknown }>;

export async function sendAnswer(response: ServerResponse, answer: Plain, version: string): Promise<void> {
  if ('json' in answer) return sendJson(response, answer.status, answer.json);
  if ('text' in answer) return sendText(response, answer);
  if ('stream' in answer) return await sendStream(response, answer);
  if ('output' in answer) return await sendOutput(response, answer, version);
  if ('lines' in answer) return await sendLines(response, answer.lines);
  if ('later' in answer) return await sendLater(response, answer.later);
  if ('progress' in answer) return await sendProgress(response, answer.progress);
  response.writeHead(answer.status, answer.headers).end();
}

const json = { 'Content-Type': 'application/json' };

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { ...json, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

function sendText(response: ServerResponse, answer: Extract<Answer, { text: string }>): void {
  const length = Buffer.byteLength(answer.text);
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': length,
    ...answer.headers,
  };
  response.writeHead(answer.status, headers).end(answer.text);
}

async function sendStream(
  response: ServerResponse,
  { type, stream, headers }: Extract<Answer, { type: string }>,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': type, ...headers });
  await pipeline(stream, response);
}

async function sendOutput(
  response: ServerResponse,
  { output, terminal }: Extract<Answer, { output: Streams['output'] }>,
  version: string,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': contentTypeOf(terminal, version) });
  response.flushHeaders();
  for await (const { stream, bytes } of output) {
    if (!(await written(response, terminal ? bytes : encodeFrame(stream, bytes)))) return;
  }
  response.end();
}

/** Before API 1.42 there was one name for both forms. */
export function contentTypeOf(terminal: boolean, version: string): string {
  return terminal || !atLeast(version, '1.42') ? rawStream : multiplexedStream;
}

async function sendLines(response: ServerResponse, lines: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, json);
  response.flushHeaders();
  for await (const value of lines) {
    if (!(await written(response, `${JSON.stringify(value)}\n`))) return;
  }
  response.end();
}

async function sendLater(response: ServerResponse, later: Promise<unknown>): Promise<void> {
  response.writeHead(200, json);
  response.flushHeaders();
  response.end(`${JSON.stringify(await later)}\n`);
}

async function sendProgress(
  response: ServerResponse,
  work: (tell: (message: object) => void) => Promise<void>,
): Promise<void> {
  const tell = (message: object): void => {
    if (!response.headersSent) response.writeHead(200, json);
    if (!response.destroyed) response.write(`${JSON.stringify(message)}\n`);
  };
  try {
    await work(tell);
  } catch (error) {
    if (!response.headersSent) throw error;
    tell({ errorDetail: { ...codeOf(error), message: messageOf(error) }, error: messageOf(error) });
  }
  if (!response.headersSent) response.writeHead(200, json);
  response.end();
}

/** Of a command that a build ran: clients end with it. */
function codeOf(error: unknown): { code?: number } {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
    ? { code: error.code }
    : {};
}
