/**
 * The multiplexed stream of attach, logs and exec without a terminal: frames of an 8-byte header
 * (stream, 0, 0, 0, length big-endian) and as many bytes. Engine API, operation ContainerAttach, "Stream format".
 */
export interface Frame {
  stream: 'stdin' | 'stdout' | 'stderr';
  bytes: Uint8Array;
}

export const multiplexedStream = 'application/vnd.docker.multiplexed-stream';
export const rawStream = 'application/vnd.docker.raw-stream';

const names = ['stdin', 'stdout', 'stderr'] as const;
const headerLength = 8;

/** One frame. */
export function encodeFrame(stream: Frame['stream'], bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + bytes.length);
  frame.writeUInt32BE(names.indexOf(stream) * 0x1000000, 0);
  frame.writeUInt32BE(bytes.length, 4);
  frame.set(bytes, headerLength);
  return frame;
}

/**
 * The frames of a stream, whatever its chunks are. A frame's bytes come as they arrive: a large frame is told in
 * several parts, so nothing is held back. A stream that ends inside a header ends without a word, as in Docker's client.
 */
export async function* decodeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let header = Buffer.alloc(0);
  let stream: Frame['stream'] = 'stdout';
  let remaining = 0;
  for await (const chunk of source) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (remaining > 0) {
        const bytes = rest.subarray(0, remaining);
        remaining -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { stream, bytes };
        continue;
      }
      const missing = headerLength - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < headerLength) break;
      stream = streamOf(header[0]!);
      remaining = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  }
}

function streamOf(number: number): Frame['stream'] {
  const stream = names[number];
  if (!stream) throw new TypeError(`unrecognized stream: ${number}`);
  return stream;
}
