/** Images that are here. */
import type { Readable } from 'node:stream';
import type { ContainerConfig, ImageSummary } from '@pontoon/api';
import {
  commitContainer,
  imageHistory,
  inspectImage,
  listImages,
  loadImages,
  pruneImages,
  removeImage,
  saveImages,
  tagImage,
} from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import { readJson } from '../body.ts';
import type { Call, Operate } from '../call.ts';
import { checkConfig } from '../check/container.ts';
import { filters, flag, required, text } from '../query.ts';
import { atLeast } from '../version.ts';

const nameOf = ({ parameters }: Call): string => parameters.name ?? '';

export const image = {
  ImageList: async ({ engine, query, version }) => {
    const counted = { sharedSize: flag(query, 'shared-size'), digests: flag(query, 'digests') };
    const json = await listImages(engine, { all: flag(query, 'all'), filters: filters(query), ...counted });
    return { status: 200, json: json.map((each) => asOf(version, each)) };
  },

  ImageInspect: async (call) => ({ status: 200, json: await inspectImage(call.engine, nameOf(call)) }),

  ImageHistory: async (call) => ({ status: 200, json: await imageHistory(call.engine, nameOf(call)) }),

  ImageTag: async (call) => {
    const tag = text(call.query, 'tag') ?? '';
    await tagImage(call.engine, nameOf(call), text(call.query, 'repo') ?? '', tag);
    return { status: 201 };
  },

  ImageDelete: async (call) => {
    const options = { force: flag(call.query, 'force'), noprune: flag(call.query, 'noprune') };
    return { status: 200, json: await removeImage(call.engine, nameOf(call), options) };
  },

  ImagePrune: async ({ engine, query }) => ({ status: 200, json: await pruneImages(engine, filters(query)) }),

  ImageLoad: async ({ engine, query, body }) => ({
    progress: async (onProgress) => {
      await loadImages(engine, body, { quiet: flag(query, 'quiet'), onProgress });
    },
  }),

  ImageGet: async (call) => saved(call, [nameOf(call)]),

  ImageGetAll: async (call) => {
    const names = call.query.getAll('names').filter((name) => name !== '');
    if (names.length === 0) throw new Fault('invalid', 'no image is named: ?names=… is missing');
    return saved(call, names);
  },

  ImageCommit: async ({ engine, query, body }) => {
    const repository = text(query, 'repo');
    const tag = text(query, 'tag') ?? 'latest';
    const json = await commitContainer(engine, required(query, 'container'), {
      ...(repository && { reference: `${repository}:${tag}` }),
      body: checkConfig(await readJson<ContainerConfig>(body, {})),
      author: text(query, 'author') ?? '',
      comment: text(query, 'comment') ?? '',
      changes: query.getAll('changes').flatMap((change) => change.split('\n')),
      pause: flag(query, 'pause', true),
    });
    return { status: 201, json };
  },
} satisfies Record<string, Operate>;

/** Older clients know an image without a name by these words, and ask for its size twice (moby, getImagesJSON). */
function asOf(version: string, summary: ImageSummary): object {
  const { RepoTags, RepoDigests, Size } = summary;
  const nameless = RepoTags.length === 0 && RepoDigests.length === 0 && !atLeast(version, '1.43');
  return {
    ...summary,
    ...(nameless && { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] }),
    ...(!atLeast(version, '1.44') && { VirtualSize: Size }),
  };
}

async function saved({ engine }: Call, names: string[]): Promise<{ type: string; stream: Readable }> {
  return { type: 'application/x-tar', stream: await saveImages(engine, names) };
}
