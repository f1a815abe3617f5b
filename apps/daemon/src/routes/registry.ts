/** Images that come from elsewhere, or go there: registries and archives behind a URL. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { AuthConfig } from '@pontoon/api';
import {
  authenticate,
  distributionOf,
  importImage,
  pullImage,
  pushImage,
  searchImages,
} from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import { readJson } from '../body.ts';
import type { Answer, Call, Operate } from '../call.ts';
import { checkFields, fields } from '../check/shape.ts';
import { filters, integer, required, text } from '../query.ts';

const credentialFields = fields(
  'string',
  'username password email serveraddress identitytoken registrytoken',
);

const nameOf = ({ parameters }: Call): string => parameters.name ?? '';

export const registry = {
  ImageCreate: async (call) => {
    const fromImage = text(call.query, 'fromImage');
    return fromImage === undefined ? imported(call) : pulled(call, fromImage);
  },

  ImagePush: async (call) => {
    const tag = text(call.query, 'tag');
    const reference = tag === undefined ? nameOf(call) : `${nameOf(call)}:${tag}`;
    const options = { reference, auth: authOf(call), allTags: tag === undefined, signal: call.signal };
    return { progress: (onProgress) => pushImage(call.engine, { ...options, onProgress }) };
  },

  ImageSearch: async ({ engine, query }) => {
    const options = { term: required(query, 'term'), limit: integer(query, 'limit') ?? 25 };
    return { status: 200, json: await searchImages(engine, { ...options, filters: filters(query) }) };
  },

  DistributionInspect: async (call) => ({
    status: 200,
    json: await distributionOf(call.engine, nameOf(call), authOf(call)),
  }),

  SystemAuth: async ({ engine, body }) => {
    const credentials = await readJson<AuthConfig>(body);
    checkFields(credentials, credentialFields, 'AuthConfig');
    return { status: 200, json: await authenticate(engine, credentials) };
  },
} satisfies Record<string, Operate>;

function pulled(call: Call, name: string): Answer {
  const tag = text(call.query, 'tag');
  const reference = tag === undefined ? name : `${name}${tag.includes(':') ? '@' : ':'}${tag}`;
  const options = {
    reference,
    auth: authOf(call),
    platform: text(call.query, 'platform'),
    signal: call.signal,
  };
  return { progress: (onProgress) => pullImage(call.engine, { ...options, onProgress }) };
}

async function imported(call: Call): Promise<Answer> {
  const { query, engine } = call;
  const source = required(query, 'fromSrc');
  const repository = text(query, 'repo');
  const tag = text(query, 'tag');
  const options = {
    ...(repository && { reference: tag === undefined ? repository : `${repository}:${tag}` }),
    message: text(query, 'message') ?? '',
    changes: query.getAll('changes').flatMap((change) => change.split('\n')),
  };
  return {
    progress: async (onProgress) => {
      const archive = source === '-' ? call.body : await download(source, call.signal);
      await importImage(engine, archive, { ...options, onProgress });
    },
  };
}

async function download(source: string, signal: AbortSignal): Promise<Readable> {
  const url = /^https?:\/\//.test(source) ? source : `http://${source}`;
  const answer = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new Fault('internal', `failed to download ${url}`, { cause });
  });
  if (!answer.ok || !answer.body) throw new Fault('internal', `failed to download ${url}: ${answer.status}`);
  return Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
}

/** Header X-Registry-Auth: base64url of JSON; absent, empty or broken means none, as in dockerd. */
function authOf({ headers }: Call): AuthConfig | undefined {
  const given = headers['x-registry-auth'];
  if (typeof given !== 'string' || given === '') return undefined;
  try {
    const credentials = JSON.parse(Buffer.from(given, 'base64url').toString('utf8')) as AuthConfig | null;
    if (typeof credentials !== 'object' || credentials === null) return undefined;
    checkFields(credentials, credentialFields, 'AuthConfig');
    return credentials;
  } catch {
    return undefined;
  }
}
