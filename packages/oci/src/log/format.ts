/** One record of a log: a line, or a piece of one. */
export interface LogRecord {
  stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds, in UTC: "2026-01-02T03:04:05.000000000Z". */
  time: string;
  /** With the line's end, where this piece has it. */
  bytes: Buffer;
  /** The first piece of its line: the one that a time stamp is put before. */
  startsLine: boolean;
  /** The last piece of its line. */
  endsLine: boolean;
}

const SPACE = 0x20;
const FULL = 0x46; // F
const NEWLINE = Buffer.from('\n');

/** Streams in the middle of a line. */
export type OpenLines = Set<LogRecord['stream']>;

/**
 * One line of conmon's k8s-file format, without its newline: `TIME STREAM F|P text` (Kubernetes' CRI log format). `P` is
 * a piece whose line goes on.
 * @param open remembers between calls which streams are in the middle of a line
 */
export function parseRecord(line: Buffer, open: OpenLines): LogRecord | undefined {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  const third = second + 2;
  if (first < 0 || second < 0 || line[third] !== SPACE) return undefined;
  const stream = line.toString('latin1', first + 1, second);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const endsLine = line[second + 1] === FULL;
  const startsLine = !open.has(stream);
  if (endsLine) open.delete(stream);
  else open.add(stream);
  const text = line.subarray(third + 1);
  return {
    ...{ stream, time: inUtc(line.toString('latin1', 0, first)), startsLine, endsLine },
    bytes: endsLine ? Buffer.concat([text, NEWLINE]) : text,
  };
}

/** conmon writes local time with an offset; Docker shows UTC. */
function inUtc(text: string): string {
  const [, whole = '', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.?(\d*)(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const seconds =
    zone === 'Z' || zone === '+00:00'
      ? whole
      : new Date(Date.parse(`${whole}${zone}`)).toISOString().slice(0, 19);
  return `${seconds}.${fraction.padEnd(9, '0').slice(0, 9)}Z`;
}
