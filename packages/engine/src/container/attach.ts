import { Writable } from 'node:stream';
import { Fault } from '@pontoon/fault';
import type { AttachedStreams, OutputChunk } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { requireContainer } from './find.ts';
import { containerLogs } from './logs.ts';

export interface AttachRequest {
  stdin?: boolean;
  stdout?: boolean;
  stderr?: boolean;
  /** Go on with what comes from now on. */
  stream?: boolean;
  /** Begin with what was said before. */
  logs?: boolean;
  detachKeys?: string;
}

/**
 * POST /containers/{id}/attach: also before the start, so that no output is missed.
 * @throws {Fault} conflict, with Docker's texts, where it is paused or between two runs
 */
export async function attachContainer(
  engine: Engine,
  ref: string,
  o: AttachRequest,
): Promise<AttachedStreams> {
  const record = requireContainer(engine, ref);
  if (record.state.Paused) {
    throw new Fault('conflict', `container ${record.id} is paused, unpause the container before attach`);
  }
  if (record.state.Restarting) {
    throw new Fault('conflict', `container ${record.id} is restarting, wait until the container is running`);
  }
  const before = o.logs ? logsOf(engine, record, o) : undefined;
  const streams = o.stream ? live(engine, record, o) : undefined;
  containerEvent(engine, record, 'attach');
  const wanted = (chunk: OutputChunk) => (chunk.stream === 'stdout' ? o.stdout : o.stderr) ?? false;
  return {
    terminal: record.config.Tty ?? false,
    ...(streams?.stdin ? { stdin: streams.stdin } : {}),
    output: joined(before, streams?.output, wanted),
    get detached() {
      return streams?.detached ?? false;
    },
    close: () => streams?.close(),
  };
}

function live(engine: Engine, record: ContainerRecord, o: AttachRequest): AttachedStreams {
  const options = {
    stdin: (o.stdin ?? false) && (record.config.OpenStdin ?? false),
    ...(o.detachKeys ? { detachKeys: o.detachKeys } : {}),
  };
  if (isRunning(record)) return engine.containers.attach(record.id, options);
  return atStart(engine, record, options);
}

async function* joined(
  before: AsyncIterable<OutputChunk> | undefined,
  after: AsyncIterable<OutputChunk> | undefined,
  wanted: (chunk: OutputChunk) => boolean,
): AsyncGenerator<OutputChunk> {
  for (const part of [before, after]) {
    if (!part) continue;
    for await (const chunk of part) if (wanted(chunk)) yield chunk;
  }
}

async function* logsOf(
  engine: Engine,
  record: ContainerRecord,
  o: AttachRequest,
): AsyncGenerator<OutputChunk> {
  const { stdout = false, stderr = false } = o;
  const { output } = await containerLogs(engine, record.id, { stdout, stderr });
  for await (const { stream, bytes } of output) yield { stream, bytes: Buffer.from(bytes) };
}

/** Streams that are there at once, and are tied to the process when there is one. */
function atStart(
  engine: Engine,
  record: ContainerRecord,
  o: { stdin: boolean; detachKeys?: string },
): AttachedStreams {
  const { onCreated } = engine.live.of(record.id);
  let inner: AttachedStreams | undefined;
  let give: (streams: AttachedStreams | undefined) => void = () => undefined;
  const opened = new Promise<AttachedStreams | undefined>((resolve) => {
    give = resolve;
  });
  const created = (failure?: unknown) => {
    onCreated.delete(created);
    if (!failure) inner = engine.containers.attach(record.id, o);
    give(inner);
  };
  onCreated.add(created);
  return {
    terminal: record.config.Tty ?? false,
    ...(o.stdin ? { stdin: waitingInput(opened) } : {}),
    output: waitingOutput(opened),
    get detached() {
      return inner?.detached ?? false;
    },
    close() {
      onCreated.delete(created);
      inner?.close();
      give(inner);
    },
  };
}

async function* waitingOutput(opened: Promise<AttachedStreams | undefined>): AsyncGenerator<OutputChunk> {
  const streams = await opened;
  if (streams) yield* streams.output;
}

function waitingInput(opened: Promise<AttachedStreams | undefined>): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      void opened.then((streams) => (streams?.stdin ? streams.stdin.write(chunk, done) : done()));
    },
    final(done) {
      void opened.then((streams) => (streams?.stdin ? streams.stdin.end(done) : done()));
    },
  });
}
