/** One request, as an operation sees it, and what an operation answers. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Frame } from '@pontoon/api';
import type { Engine } from '@pontoon/engine';

export interface Call {
  engine: Engine;
  /** The `{id}` and `{name}` of the path, decoded. */
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The API version of the path; the newest where it names none. */
  version: string;
  /** The body as it comes; JSON bodies are read by `readJson`. */
  body: IncomingMessage;
  /** Aborted when the client goes away. */
  signal: AbortSignal;
}

/** A process's standard streams, as the engine hands them over. */
export interface Streams {
  terminal: boolean;
  stdin?: NodeJS.WritableStream;
  output: AsyncIterable<{ stream: Frame['stream']; bytes: Uint8Array }>;
  close(): void;
}

/** Streams of a process that is being started: the client is told so at once. */
export interface LateStreams {
  terminal: boolean;
  /** Never fails: what goes wrong comes as output. */
  started: Promise<Streams>;
}

export type Answer =
  /** Nothing but a status. */
  | { status: number; headers?: Record<string, string> }
  | { status: number; json: unknown }
  | { status: number; text: string; headers?: Record<string, string> }
  /** Bytes as they come, with the reader's pace. */
  | { type: string; stream: Readable; headers?: Record<string, string> }
  /** Output as frames, or raw from a terminal. */
  | { output: Streams['output']; terminal: boolean }
  /** One JSON value a line; the headers are sent at once. */
  | { lines: AsyncIterable<unknown> }
  /** One JSON value later; the headers are sent at once. */
  | { later: Promise<unknown> }
  /** Work that tells its progress: an error before the first word is an answer of its own, later it is a last line. */
  | { progress(tell: (message: object) => void): Promise<void> }
  /** The connection leaves HTTP behind and becomes these streams. */
  | { attached: Streams | LateStreams }
  /** The same in messages of a WebSocket; `accept` answers the client's key. */
  | { messages: Streams; accept: string };

export type Operate = (call: Call) => Promise<Answer>;

export const done: Answer = { status: 204 };
