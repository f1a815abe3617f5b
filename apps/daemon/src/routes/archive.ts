/** Files of a container as tar: `docker cp`, `docker export`. */
import type { PathStat } from '@pontoon/api';
import { archiveStat, exportContainer, getArchive, putArchive } from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import type { Call, Operate } from '../call.ts';
import { flag, required } from '../query.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';
/** Inside the container. NUL ends a path for the kernel: none has one in it. */
function pathOf({ query }: Call): string {
  const path = required(query, 'path');
  if (path.includes('\0')) throw new Fault('invalid', `invalid path ${JSON.stringify(path)}`);
  return path;
}

const tar = 'application/x-tar';

export const archive = {
  ContainerExport: async (call) => ({
    type: 'application/octet-stream',
    stream: await exportContainer(call.engine, idOf(call)),
  }),

  ContainerArchiveInfo: async (call) => {
    const stat = await archiveStat(call.engine, idOf(call), pathOf(call));
    return { status: 200, headers: statHeader(stat) };
  },

  ContainerArchive: async (call) => {
    const { stat, stream } = await getArchive(call.engine, idOf(call), pathOf(call));
    return { type: tar, stream, headers: statHeader(stat) };
  },

  PutContainerArchive: async (call) => {
    try {
      await putArchive(call.engine, idOf(call), pathOf(call), call.body, {
        noOverwriteDirNonDir: flag(call.query, 'noOverwriteDirNonDir'),
        copyUIDGID: flag(call.query, 'copyUIDGID'),
      });
    } catch (error) {
      await readRest(call.body);
      throw error;
    }
    return { status: 200 };
  },
} satisfies Record<string, Operate>;

/**
 * Clients that still write when the connection closes see a broken pipe instead of the reason: up to this much of a
 * refused archive is read first.
 */
const REST_MAX = 16 * 1024 * 1024;

async function readRest(body: Call['body']): Promise<void> {
  let left = REST_MAX;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      left -= (chunk as Buffer).length;
      if (left < 0) return;
    }
  } catch {
    // The client has gone: there is nobody to tell.
  }
}

function statHeader(stat: PathStat): Record<string, string> {
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') };
}
