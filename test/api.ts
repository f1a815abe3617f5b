/** The Engine API by hand, for requests that no client would send. */
import { request } from 'node:http';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The parsed body; undefined where it is not JSON. */
  json: Json;
}

/** A JSON value whose fields a test may look at without ceremony. */
export type Json = { [key: string]: Json } & Json[] & (string | number | boolean | null | undefined);

export interface ApiRequest {
  body?: unknown;
  /** Sent as it is, with this type. */
  raw?: { content: string | Uint8Array; type?: string };
  headers?: Record<string, string>;
}

export function api(
  socketPath: string,
  method: string,
  path: string,
  what: ApiRequest = {},
): Promise<Answer> {
  const content = what.raw?.content ?? (what.body === undefined ? undefined : JSON.stringify(what.body));
  const type = what.raw?.type ?? 'application/json';
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath,
        method,
        path,
        agent: false,
        headers: {
          Host: 'docker',
          ...(content === undefined ? {} : { 'Content-Type': type }),
          ...what.headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
        });
      },
    );
    call.on('error', reject);
    call.end(content);
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined as unknown as Json;
  }
}
