/** Reads HTTP/1.1 messages (RFC 9112) from bytes that pass by, as they come. */
export interface Message {
  /** "GET /info HTTP/1.1" or "HTTP/1.1 200 OK" */
  first: string;
  headers: Record<string, string>;
  body: Buffer;
}

type Framing = { kind: 'none' | 'chunked' | 'open' } | { kind: 'length'; bytes: number };

/** More than this of one body is not kept: then it is no JSON of interest. */
const kept_bytes = 8 * 1024 * 1024;

/**
 * @param framingOf what follows a head; 'open' is the end of HTTP on this connection (an upgrade, or until its end)
 * @returns takes the bytes
 */
export function messageReader(
  framingOf: (head: Omit<Message, 'body'>) => Framing,
  onMessage: (message: Message) => void,
): (bytes: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  let framing: Framing | undefined;
  let message: Message = { first: '', headers: {}, body: Buffer.alloc(0) };
  const reader = { take: takeHead };

  /** Each takes what it can from `waiting` and says whether to go on. */
  function takeHead(): boolean {
    const end = waiting.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [first = '', ...lines] = waiting.subarray(0, end).toString('latin1').split('\r\n');
    waiting = waiting.subarray(end + 4);
    const headers = Object.fromEntries(lines.map((line) => splitOnce(line.toLowerCase(), ':')));
    message = { first, headers, body: Buffer.alloc(0) };
    framing = framingOf(message);
    return begin(framing);
  }

  function begin(what: Framing): boolean {
    if (what.kind === 'open') return false;
    if (what.kind === 'none') return finish();
    reader.take = what.kind === 'chunked' ? takeChunk : takeLength;
    return true;
  }

  function takeLength(): boolean {
    if (framing?.kind !== 'length') return false;
    const part = waiting.subarray(0, framing.bytes);
    waiting = waiting.subarray(part.length);
    keep(part);
    framing = { kind: 'length', bytes: framing.bytes - part.length };
    return framing.bytes === 0 ? finish() : false;
  }

  function takeChunk(): boolean {
    const line = waiting.indexOf('\r\n');
    if (line < 0) return false;
    const size = Number.parseInt(waiting.subarray(0, line).toString('latin1'), 16);
    const end = line + 2 + size + 2;
    if (waiting.length < end) return false;
    keep(waiting.subarray(line + 2, line + 2 + size));
    waiting = waiting.subarray(end);
    return size === 0 ? finish() : true;
  }

  function keep(part: Buffer): void {
    if (message.body.length + part.length <= kept_bytes) message.body = Buffer.concat([message.body, part]);
  }

  function finish(): boolean {
    reader.take = takeHead;
    onMessage(message);
    return true;
  }

  return (bytes) => {
    if (framing?.kind === 'open') return;
    waiting = Buffer.concat([waiting, bytes]);
    while (reader.take());
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** What RFC 9112, section 6.3 says of the length. */
export function framingOf(headers: Record<string, string>, otherwise: 'none' | 'open'): Framing {
  if (headers['transfer-encoding']?.includes('chunked')) return { kind: 'chunked' };
  const length = headers['content-length'];
  if (length === undefined) return { kind: otherwise };
  return length === '0' ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
}
