/** Images made of Dockerfiles: the classic builder's part of the API. */
import type { AuthConfig } from '@pontoon/api';
import { type BuildOptions, buildImage, pruneBuilds } from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import type { Call, Operate } from '../call.ts';
import { flag, integer, text } from '../query.ts';

export const build = {
  ImageBuild: async (call) => {
    refuseOthers(call);
    const options = { ...optionsOf(call), signal: call.signal };
    return {
      progress: async (onProgress) => {
        await buildImage(call.engine, call.body, { ...options, onProgress });
      },
    };
  },

  BuildPrune: async ({ engine }) => ({ status: 200, json: await pruneBuilds(engine) }),
} satisfies Record<string, Operate>;

/** BuildKit is another protocol, by /session and gRPC. */
function refuseOthers({ query }: Call): void {
  if (text(query, 'version') === '2') {
    throw new Fault(
      'not-implemented',
      'pontoon has no BuildKit: build with the classic builder, by DOCKER_BUILDKIT=0 docker build …',
    );
  }
  const remote = text(query, 'remote');
  if (remote !== undefined && remote !== 'client-session') {
    throw new Fault(
      'not-implemented',
      `pontoon fetches no build context from ${remote}: fetch it yourself, and build from the folder`,
    );
  }
}

function optionsOf({ query, headers }: Call): BuildOptions {
  return {
    dockerfile: text(query, 'dockerfile') ?? 'Dockerfile',
    tags: query.getAll('t').filter((tag) => tag !== ''),
    buildArgs: words(query, 'buildargs'),
    labels: words(query, 'labels'),
    target: text(query, 'target'),
    platform: text(query, 'platform'),
    networkMode: text(query, 'networkmode') ?? 'default',
    extraHosts: query.getAll('extrahosts').filter((host) => host !== ''),
    shmSize: integer(query, 'shmsize') ?? 0,
    noCache: flag(query, 'nocache'),
    pull: flag(query, 'pull'),
    squash: flag(query, 'squash'),
    quiet: flag(query, 'q'),
    auths: credentials(headers['x-registry-config']),
  };
}

/** A JSON object of texts; null stands for an argument that the client has no value for. */
function words(query: URLSearchParams, name: string): Record<string, string> {
  const given = text(query, name);
  if (given === undefined) return {};
  const value = objectOf(given);
  if (!value) throw new Fault('invalid', `invalid ${name}: wanted a JSON object of texts`);
  return Object.fromEntries(Object.entries(value).filter(([, word]) => typeof word === 'string'));
}

/** Header X-Registry-Config: base64 of JSON, by registry; absent or broken means none, as in dockerd. */
function credentials(given: string | string[] | undefined): Record<string, AuthConfig> {
  if (typeof given !== 'string') return {};
  return (objectOf(Buffer.from(given, 'base64url').toString('utf8')) ?? {}) as Record<string, AuthConfig>;
}

function objectOf(given: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, string>;
    }
  } catch {} // no JSON at all
  return undefined;
}
