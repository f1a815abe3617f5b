import { Fault } from '@pontoon/fault';
import { type LogRecord, type OutputChunk, readLog } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { parseTime } from '../time.ts';
import { requireContainer } from './find.ts';
import { logPath } from './places.ts';

export interface LogsOptions {
  stdout?: boolean;
  stderr?: boolean;
  /** Unix seconds with a fraction, or RFC 3339. */
  since?: string | undefined;
  until?: string | undefined;
  timestamps?: boolean;
  /** A number of lines; all where it is none. */
  tail?: string | undefined;
  follow?: boolean;
  /** Labels and variables that the log driver was told to add; this one adds none. */
  details?: boolean;
  signal?: AbortSignal | undefined;
}

/** GET /containers/{id}/logs. @throws {Fault} invalid, not-found, with Docker's texts */
export async function containerLogs(
  engine: Engine,
  ref: string,
  o: LogsOptions,
): Promise<{ terminal: boolean; output: AsyncIterable<OutputChunk> }> {
  const record = requireContainer(engine, ref);
  if (!o.stdout && !o.stderr)
    throw new Fault('invalid', 'Bad parameters: you must choose at least one stream');
  if (record.hostConfig.LogConfig?.Type === 'none')
    throw new Fault('not-implemented', 'configured logging driver does not support reading');
  const [since, until] = [timeOf('since', o.since), timeOf('until', o.until)];
  const tail = o.tail !== undefined && /^\d+$/.test(o.tail) ? Number(o.tail) : undefined;
  const follow = (o.follow ?? false) && isRunning(record);
  const lines = readLog(logPath(engine, record.id), {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined ? {} : { tail }),
    ...(follow ? { follow, ended: endOf(engine, record) } : {}),
    ...(o.signal ? { signal: o.signal } : {}),
  });
  return { terminal: record.config.Tty ?? false, output: chosen(lines, o) };
}

/** Resolves at the end of this run. */
function endOf(engine: Engine, { id }: ContainerRecord): Promise<void> {
  const { onExit } = engine.live.of(id);
  return new Promise((resolve) => {
    const ended = () => {
      onExit.delete(ended);
      resolve();
    };
    onExit.add(ended);
  });
}

async function* chosen(lines: AsyncIterable<LogRecord>, o: LogsOptions): AsyncGenerator<OutputChunk> {
  for await (const { stream, time, bytes, startsLine } of lines) {
    if (!(stream === 'stdout' ? o.stdout : o.stderr)) continue;
    // Details of which there are none still are a column of their own.
    const before = startsLine ? `${o.timestamps ? `${time} ` : ''}${o.details ? ' ' : ''}` : '';
    yield { stream, bytes: before === '' ? bytes : Buffer.concat([Buffer.from(before), bytes]) };
  }
}

/** As the log's own times are written, so that they compare as text. "0": since ever, or without an end. */
function timeOf(name: string, text: string | undefined): string | undefined {
  if (!text || text === '0') return undefined;
  const at_ns = parseTime(text);
  if (at_ns === undefined) throw new Fault('invalid', `invalid value for "${name}": ${text}`);
  const seconds = new Date(Number(at_ns / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(at_ns % 1_000_000_000n).padStart(9, '0')}Z`;
}
