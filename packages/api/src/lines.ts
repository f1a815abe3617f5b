/** Newline-delimited JSON: how events, stats and progress come. */
import { StringDecoder } from 'node:string_decoder';

/** The values of a stream of JSON lines; blank lines are skipped, a last line without its newline counts. */
export async function* decodeLines<T>(source: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of source) {
    text += decoder.write(Buffer.from(chunk));
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
  if (text.trim() !== '') yield JSON.parse(text) as T;
}
